"""What a check of a set-up may find: codes R501 to R509."""

from __future__ import annotations

from zcfdocs.finding import Severity, define

E, W = Severity.ERROR, Severity.WARNING
define("R501", E, "没有说明谁有权同意改动", why="评审按 CODEOWNERS 判断一个人是企业、区、市还是专家；没有它，谁都分不清。",
       wrong="仓库里没有 CODEOWNERS", right="zcfdocs init github --city @tj-gxj --district jinnan=@jinnan-gxj")  # fmt: skip
define("R502", E, "CODEOWNERS 的一行不起作用", why="写错的行会被跳过；后面的行盖住前面的行，最后匹配的一行算数。",
       wrong="/plans/jinnan/ @jinnan-gxj 之后又写 /plans/ @tj-gxj", right="先写 /plans/ @tj-gxj，再写 /plans/jinnan/ @jinnan-gxj")  # fmt: skip
define(
    "R503",
    E,
    "辖区没有主管部门",
    why="没有写到的辖区，方案由谁初审说不清，改动会落到市级。",
    wrong="没有 /plans/jinnan/ 一行",
    right="/plans/jinnan/ @jinnan-gxj",
)
define("R504", E, "受保护的文件不归主管部门", why="目录、样式、程序、工作流和评审意见决定方案怎样被评审，只能由主管部门同意改动。",
       wrong="*.yaml @jinhe-auto 写在最后", right="/indicators/ @tj-gxj 写在后面")  # fmt: skip
define(
    "R505",
    E,
    "工作流文件缺少或被改过",
    why="评审的工作流由 zcfdocs 写入，改过的可能不再安全，也可能是旧版本的。",
    wrong="review.yml 里加了 secrets",
    right="zcfdocs init github --force",
)
define(
    "R506",
    E,
    "签名人清单读不懂",
    why="每行是一个人和一把公钥；读不懂的行，这个人的签名不算数。",
    wrong="* ssh-ed25519 AAAA…",
    right="@jinnan-gxj ssh-ed25519 AAAA…",
)
define("R507", E, "两份 CODEOWNERS 不一致", why="代码托管平台按它自己的一份请人同意，zcfdocs 按 .zcfdocs/CODEOWNERS 判断角色。",
       wrong="只在一份里换了区里的账号", right="两份一起改")  # fmt: skip
define("R508", W, "企业可以同意自己的改动", why="代码托管平台的 CODEOWNERS 里写了企业，企业的人就可以互相批准。", wrong=".github/CODEOWNERS：/plans/xiqing/jinhe/ @jinhe-auto @xiqing-gxj",
       right="企业只写在 .zcfdocs/CODEOWNERS")  # fmt: skip
define(
    "R509",
    W,
    "辖区还没有主管部门",
    why="没有写到的辖区由市级代管；有了方案，初审就没有人。",
    wrong="# /plans/heping/ @tj-gxj",
    right="/plans/heping/ @heping-gxj",
)
