import { defineConfig } from "vite";

export default defineConfig({
  build: {
    target: "es2022",
    // The site's content security policy takes no inlined data but images, and a file is cached for good.
    assetsInlineLimit: 0,
    // Everything in one script: there is nothing to preload.
    modulePreload: false,
  },
  server: {
    // `npm run dev` beside a local `app serve`.
    proxy: { "/readyz": "http://127.0.0.1:8080", "/version": "http://127.0.0.1:8080" },
  },
});
