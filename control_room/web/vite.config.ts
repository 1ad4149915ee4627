import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `npm run dev` sends API calls to a control_room started apart.
const controlRoom = process.env["BEFFROI_CONTROL_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  // The page is served under `default-src 'self'`: nothing inlined as data:, no inline polyfill.
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, sourcemap: false },
  server: { proxy: { "/api": controlRoom } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
