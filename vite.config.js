import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";

// `vite build --mode development` keeps names without a hash, so that a running
// Django server, which reads the manifest once, sees a rebuilt style sheet.
export default defineConfig(({ mode }) => {
  const hash = mode === "development" ? "" : "-[hash:8]";
  return {
    base: "/static/",
    publicDir: "frontend/public",
    plugins: [tailwindcss()],
    build: {
      outDir: "frontend/dist",
      emptyOutDir: true,
      manifest: true,
      // A data: address would be refused by our Content-Security-Policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      target: ["chrome123", "firefox121", "safari17.5"],
      cssTarget: ["chrome123", "firefox121", "safari17.5"],
      rollupOptions: {
        // htmx can eval, but our pages switch that off (htmx-config: allowEval).
        onwarn: (warning, report) => warning.code === "EVAL" || report(warning),
        input: ["frontend/main.js", "frontend/staff.js", "frontend/board.js"],
        output: {
          entryFileNames: `assets/[name]${hash}.js`,
          chunkFileNames: `assets/[name]${hash}.js`,
          assetFileNames: `assets/[name]${hash}[extname]`,
        },
      },
    },
  };
});
