(function () {
  function key(row, i) {
    var cell = row.cells[i];
    return cell.dataset.v !== undefined ? Number(cell.dataset.v) : cell.textContent.trim();
  }
  document.querySelectorAll("th button").forEach(function (button) {
    button.addEventListener("click", function () {
      var head = button.parentNode, table = head.closest("table"), i = head.cellIndex;
      var up = head.getAttribute("aria-sort") !== "ascending";
      table.querySelectorAll("th").forEach(function (th) { th.removeAttribute("aria-sort"); });
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      Array.from(table.tBodies[0].rows).sort(function (x, y) {
        var a = key(x, i), b = key(y, i);
        return (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b))) * (up ? 1 : -1);
      }).forEach(function (row) { table.tBodies[0].appendChild(row); });
    });
  });
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details:not(.trace):not(.again)").forEach(function (d) { d.open = true; });
  });
})();
