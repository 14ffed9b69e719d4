// The staff's board, on its page alone. On phones the list beside it serves, and nothing more is loaded.
import "./board.css";

const WIDE = matchMedia("(width >= 960px)");

async function start() {
  const board = document.getElementById("board");
  if (!board || board.dataset.started || !WIDE.matches) return;
  board.dataset.started = "1";
  (await import("./js/board/board.js")).startBoard(board);
}
start();
WIDE.addEventListener("change", start);
