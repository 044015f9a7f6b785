"use strict";
(() => {
  const form = document.getElementById("filter");
  if (form === null) return;
  const shown = document.getElementById("shown");
  const groups = Array.from(document.querySelectorAll(".group"), (group) => ({
    group,
    findings: Array.from(group.querySelectorAll("article"), (card) => ({ card, text: null })),
  }));

  // The text of a card is read when somebody searches, and once.
  const holds = (finding, words) => {
    finding.text ??= finding.card.textContent.toLowerCase();
    return words.every((word) => finding.text.includes(word));
  };

  const filter = () => {
    const { text, rule, campaign } = form.elements;
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const kinds = new Set(Array.from(form.querySelectorAll("[name=kind]:checked"), (box) => box.value));
    let count = 0;
    let all = 0;
    for (const { group, findings } of groups) {
      let left = 0;
      const name = group.querySelector("h3").textContent.toLowerCase();
      for (const finding of findings) {
        const { kind, rule: code } = finding.card.dataset;
        const wanted =
          kinds.has(kind) &&
          (rule.value === "" || rule.value === code) &&
          (campaign.value === "" || campaign.value === group.dataset.campaign) &&
          (words.every((word) => name.includes(word)) || holds(finding, words));
        finding.card.hidden = !wanted;
        left += wanted;
      }
      group.hidden = left === 0;
      count += left;
      all += findings.length;
    }
    shown.textContent = shown.dataset.said.replace("{count}", count).replace("{total}", all);
  };

  // Who follows a link to a finding wants to see it.
  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target !== null && target.closest("[hidden]") !== null) {
      form.reset();
      filter();
      target.scrollIntoView();
    }
  };

  let folded = [];
  addEventListener("beforeprint", () => {
    folded = Array.from(document.querySelectorAll("details:not([open])"));
    for (const details of folded) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of folded) details.open = false;
  });
  form.addEventListener("input", filter);
  // The event "reset" comes before the form is as it was.
  form.querySelector("[type=reset]").addEventListener("click", (event) => {
    event.preventDefault();
    form.reset();
    filter();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", reveal);
  form.hidden = false;
  filter();
})();
