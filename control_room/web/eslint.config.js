import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", "src/api.gen.d.ts"] },
  js.configs.recommended,
  {
    files: ["src/**/*.{ts,tsx}"],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { "react-hooks": reactHooks },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // The rules for the React compiler, which this page does not use, are left out.
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      complexity: ["error", 15],
      "max-lines": ["error", 300],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  {
    // One way to write a time, in the centre's zone: src/i18n/times.ts, with the zone's arithmetic beside it.
    files: ["src/**/*.{ts,tsx}"],
    ignores: ["src/i18n/times.ts", "src/i18n/zone.ts", "src/**/*.test.ts"],
    rules: {
      "no-restricted-properties": ["error",
        ...["DateTimeFormat", "RelativeTimeFormat"].map((property) => ({ object: "Intl", property, message: "Write times by src/i18n/times.ts." })),
        ...[
          "toISOString", "toLocaleDateString", "toLocaleTimeString", "toDateString", "toTimeString", "toUTCString", "getTimezoneOffset",
          "getFullYear", "getMonth", "getDate", "getDay", "getHours", "getMinutes", "getSeconds",
        ].map((property) => ({ property, message: "Write times by src/i18n/times.ts." })),
      ],
    },
  },
  {
    // What is typed in a dialog is thrown away only when the person says so. Those left out have no more than a search in them.
    files: ["src/views/**/*.tsx"],
    ignores: ["src/views/Help.tsx", "src/views/wall/WallView.tsx"],
    rules: {
      "no-restricted-imports": ["error", { patterns: [{ group: ["**/ui/Dialog"], message: "Use ui/DraftDialog, which keeps what was typed, or ui/Confirm." }] }],
    },
  },
  {
    files: ["src/**/*.tsx"],
    ignores: ["src/ui/Dialog.tsx"],
    rules: {
      "no-restricted-syntax": ["error", { selector: "JSXOpeningElement[name.name='dialog']", message: "Use ui/DraftDialog, ui/Confirm or ui/Dialog." }],
    },
  },
  {
    files: ["scripts/**/*.mjs"],
    languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly" } },
  },
);
