"""What is looked at in a signed Word file, as `zcfdocs explain` tells it."""

from __future__ import annotations

from zcfdocs.sealing.verdict import define

AGAIN = "请签名人从未签名的 Word 副本重新签名"

READABLE = define(
    "V300",
    "Word 文件完好",
    why="压缩包里重名、加密、重叠或过大的内容，会使不同的软件看到不同的文件；这样的文件不能核对",
    mend="重新取得原文件；不要用压缩软件打开后另存",
)
SIGNED = define(
    "V301",
    "应签名的各方都已签名",
    why="附件2 要求单位盖章并由法人或单位负责人签字；没有签名，或签名被去掉，文件不能算已盖章",
    mend="请缺少的一方用 zcfdocs 签名；未签名的副本不要当作盖章件提交",
)
INTACT = define(
    "V302",
    "内容与签名时一致",
    why="签名时记下了每个部件的 SHA-256 摘要；摘要或签名值不符，说明内容在签名后被改动",
    mend="取得签名时的原文件；Word 打开后另存会使签名失效。确需修改的，改后重新签名",
)
COVERED = define(
    "V303",
    "签名覆盖整个文件",
    why="LibreOffice 和 Office 不查签名之外加入的部件、关系和内容类型，文件可由此显示别的内容；这里要求全部在签名之内",
    mend=AGAIN,
)
CHAINED = define(
    "V304",
    "证书可信且未吊销",
    why="只有证书由受信任的机构颁发、签名时在有效期内且未被吊销，才能确定签名人是谁",
    mend="用 --trust 指定颁发机构的根证书；联网查询吊销状态；证书过期或吊销的，请签名人换用有效证书重新签名",
)
OWNED = define(
    "V305",
    "证书属于应签名的一方",
    why="别的单位的证书也能签出完好的签名",
    mend="请方案中写明的单位或法定代表人用自己的证书签名；单位名称变更的，在方案里填写曾用名",
)
TOLD = define(
    "V306",
    "签名人和签名时间",
    why="Word 副本的签名是 XAdES-BES，时间由签名人自己写入，没有时间戳证明；需要可证明的时间，以 PDF 为准",
    mend="无须处理；核对签名人和时间是否合情理",
)
GENUINE = define(
    "V308",
    "不是测试签名",
    why="测试签名用的是临时生成的密钥，任何人都能生成，不证明任何事",
    mend="用单位自己的证书正式签名",
)
