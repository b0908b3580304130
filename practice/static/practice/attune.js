(() => {
  "use strict";

  document.querySelectorAll("[data-needs-script]").forEach((element) => { element.hidden = false; });

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-print], [data-copy]");
    if (!button) return;
    if ("print" in button.dataset) window.print();
    else navigator.clipboard.writeText(button.dataset.copy).then(() => { button.textContent = button.dataset.copied; });
  });

  // "/" goes to what names it as its shortcut, the arrows from row to row of a list.
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    const wanted = document.querySelector(`[data-shortcut="${CSS.escape(event.key)}"]`);
    const links = [...document.querySelectorAll("[data-rows] tbody th a:first-of-type")].filter((link) => !link.matches(".small"));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const from = links.indexOf(document.activeElement);
    if (wanted) wanted.focus();
    else if (step && from + step >= 0 && links[from + step] && (from >= 0 || step > 0)) links[from + step].focus();
    else return;
    event.preventDefault();
  });

  document.addEventListener("keydown", (event) => {
    const menu = document.querySelector(".user-menu[open]");
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
})();
