/* The text of a report, filled with the page and the version it came from. */
"use strict";

(() => {
  const { byId } = zcf;
  const text = byId("zcf-report");
  const button = byId("zcf-copy");
  const query = new URLSearchParams(location.search);
  // Shapes that can carry no words of whoever made the link, and lead nowhere but below this page.
  const page = /^[\w-]+([./][\w-]+)*$/.test(query.get("page") || "") ? new URL(query.get("page"), location.href) : null;
  const digest = /^sha256:[0-9a-f]{64}$/.test(query.get("digest") || "") ? query.get("digest") : "";
  if (page) text.value = text.value.replace("页面：", `页面：${page.protocol === "file:" ? query.get("page") : page.href}`);
  text.value = text.value.replace("方案摘要：", `方案摘要：${digest}`);
  button.addEventListener("click", () => {
    text.select();
    byId("zcf-copied").textContent = document.execCommand("copy") ? "已复制。" : "浏览器不允许复制，请按 Ctrl+C。";
  });
  button.hidden = false;
})();
