import "./main.css";
import "./icons.svg?url";
import htmx from "htmx.org";

import { startDialogs } from "./js/dialogs.js";
import { startForms } from "./js/forms.js";
import { startLive } from "./js/live.js";
import { startMenus } from "./js/menus.js";
import { startOffline } from "./js/offline.js";
import { startPasskeys } from "./js/passkeys.js";
import { startTheme } from "./js/theme.js";

window.htmx = htmx;
startTheme();
startMenus();
startDialogs();
startForms();
startOffline();
startPasskeys();
startLive();

// Only few pages need these: they come when one does.
async function startFields() {
  if (document.querySelector("[data-uploads]")) (await import("./js/uploads.js")).startUploads();
  if (document.querySelector("[data-signature]")) (await import("./js/signature.js")).startSignatures();
  if (document.querySelector("[data-work-queue]")) (await import("./js/work.js")).startWork();
  if (document.querySelector("[data-keeps-until]")) (await import("./js/keeping.js")).startKeeping();
  if (document.querySelector("[data-near]")) (await import("./js/near.js")).startNear();
  if (document.querySelector("[data-push-key]")) (await import("./js/push.js")).startPush();
}
startFields();
document.addEventListener("htmx:afterSettle", startFields);
