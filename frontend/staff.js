// Only for staff boards: keys that a front desk uses all day.
import { startKeys } from "./js/keys.js";

startKeys();
if (document.querySelector("[data-marks]")) import("./js/marks.js").then((marks) => marks.startMarks());
