/* What the scripts of the pages share. What is chosen on a page stands in its address. */
"use strict";

const zcf = (() => {
  const MOST = 4;
  const KEY = /^[a-z0-9-]+\/[a-z0-9-]+$/;

  const byId = (id) => document.getElementById(id);

  /* The address without what is not chosen. Where a browser forbids it, the page works and only forgets. */
  function remember(chosen) {
    const query = new URLSearchParams(chosen.filter(([, value]) => value)).toString().replace(/%2F/g, "/").replace(/%2C/g, ",");
    try {
      history.replaceState(history.state, "", (query ? `?${query}` : location.pathname) + location.hash);
    } catch (error) {
      if (error.name !== "SecurityError") throw error;
    }
  }

  /* Keys of plans out of an address: well formed, known, each once, no more than can be compared. */
  function keysOf(text, known) {
    return [...new Set((text || "").split(","))].filter((key) => KEY.test(key) && known(key)).slice(0, MOST);
  }

  /* Texts of plans enter as text nodes and attributes alone, never as markup. */
  function make(name, attributes = {}, ...children) {
    const space = ["svg", "rect"].includes(name) ? "http://www.w3.org/2000/svg" : "http://www.w3.org/1999/xhtml";
    const made = document.createElementNS(space, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children.flat());
    return made;
  }

  return { MOST, byId, keysOf, make, remember };
})();
