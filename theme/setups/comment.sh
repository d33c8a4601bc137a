#!/bin/sh
# zcfdocs init << forge >> 写入。受保护分支上的定时任务：对每个开着的合并请求，从 git 对象重新评审，贴出意见，写提交状态 zcfdocs/review。
# 改动不检出、不执行；评审时看不到令牌。令牌在 ZCF_TOKEN，只给这一个任务。
set -eu
umask 077
: "${ZCF_TOKEN:?没有令牌：在 << forge_name >> 里设置 ZCF_TOKEN}"
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
tab=$(printf '\t')
failed=0
get() { curl --fail --silent --show-error --max-time 60 --header "@$room/header" "$1" >"$room/answer"; }
<<% if forge == "gitlab" %>>
printf 'PRIVATE-TOKEN: %s\n' "$ZCF_TOKEN" >"$room/header"
api=$CI_API_V4_URL/projects/$CI_PROJECT_ID
listed() {
  get "$api/merge_requests?state=opened&target_branch=<< branch >>&per_page=50&page=$1" &&
    jq -r '.[] | [.iid, .sha, .author.username] | @tsv' "$room/answer"
}
judged() {
  get "$api/repository/commits/$1/statuses?name=zcfdocs%2Freview&per_page=100" &&
    jq 'any(.[]; .status == "success" or .status == "failed")' "$room/answer"
}
objects() { git -c transfer.fsckObjects=true fetch --quiet --no-tags --no-recurse-submodules origin "refs/merge-requests/$1/head"; }
<<% else %>>
printf 'Authorization: token %s\n' "$ZCF_TOKEN" >"$room/header"
api=$GITHUB_API_URL/repos/$GITHUB_REPOSITORY
listed() {
  get "$api/pulls?state=open&limit=50&page=$1" &&
    jq -r '.[] | select(.base.ref == "<< branch >>") | [.number, .head.sha, .user.login] | @tsv' "$room/answer"
}
judged() {
  get "$api/commits/$1/statuses?limit=50" &&
    jq 'any(.[]; .context == "zcfdocs/review" and (.status == "success" or .status == "failure"))' "$room/answer"
}
objects() {
  GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=http.extraheader GIT_CONFIG_VALUE_0="Authorization: Basic $(printf 'zcf:%s' "$ZCF_TOKEN" | base64 -w0)" \
    git -c transfer.fsckObjects=true fetch --quiet --no-tags --no-recurse-submodules origin "refs/pull/$1/head"
}
<<% endif %>>

review() { # 编号 提交 提出者
  told=$(judged "$2") || return 1
  [ "$told" = false ] || return 0
  objects "$1" || return 1
  [ "$(git rev-parse FETCH_HEAD)" = "$2" ] || { echo "第 $1 号：改动刚刚变过，下次再评审" >&2 && return 0; }
  code=0
  (unset ZCF_TOKEN GITHUB_TOKEN GITEA_TOKEN GITLAB_TOKEN && exec timeout 900 << zcfdocs >> review "HEAD...$2" --by "$3" --format json --out "$room/review.json") || code=$?
  [ "$code" -le 1 ] || { echo "第 $1 号：评审没有完成（$code）" >&2 && return 1; }
  << "GITLAB_TOKEN" if forge == "gitlab" else "GITEA_TOKEN" >>=$ZCF_TOKEN ZCF_PR=$1 ZCF_HEAD=$2 << zcfdocs >> review --from "$room/review.json" --post << forge >> || [ $? -eq 1 ]
}

page=1
while [ "$page" -le 40 ]; do
  listed "$page" >"$room/open"
  [ "$(jq length "$room/answer")" -gt 0 ] || break
  while IFS=$tab read -r number head author; do
    case $number in '' | *[!0-9]*) continue ;; esac
    case $head in '' | *[!0-9a-f]*) continue ;; esac
    review "$number" "$head" "$author" </dev/null || failed=1
  done <"$room/open"
  page=$((page + 1))
done
exit "$failed"
