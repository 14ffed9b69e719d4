// SHELL and VERSION are put in front by the server: the built files of this release.
const CACHE = `shell-${VERSION}`;
const OFFLINE = SHELL[0];
// A technician's pages, as last seen: filled below and by js/work.js, emptied when somebody signs out.
const WORK = "work-pages";

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(SHELL.map((url) => new Request(url, { credentials: "omit" }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE && name !== WORK).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

async function workPage(request) {
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) (await caches.open(WORK)).put(request, answer.clone());
    return answer;
  } catch {
    return (await caches.match(request, { ignoreVary: true })) ?? caches.match(OFFLINE);
  }
}

// Pages always come from the network: what a person sees is never older than it looks. Only a technician's
// may be older, where there is no network; they say from when they are.
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && pathname.startsWith("/staff/my-work/")) {
    event.respondWith(workPage(request));
  } else if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  } else if (SHELL.includes(pathname) || pathname.startsWith("/static/assets/")) {
    event.respondWith(fetch(request).catch(() => caches.match(request, { ignoreVary: true })));
  }
});

// A push notice says what happened and leads there; sent twice, its tag shows it once.
self.addEventListener("push", (event) => {
  const told = event.data?.json();
  if (!told) return;
  event.waitUntil(
    self.registration.showNotification(told.title, { body: told.text, tag: told.tag, data: { url: told.url } }),
  );
});

async function open(url) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find((one) => new URL(one.url).pathname === new URL(url).pathname);
  return page ? page.focus() : self.clients.openWindow(url);
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data.url, self.location.origin);
  // Never elsewhere, whatever the message says.
  if (url.origin === self.location.origin) event.waitUntil(open(url.href));
});
