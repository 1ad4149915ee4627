import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
// Before the components' own styles, which go beyond it.
import "./styles/base.css";
import { App } from "./App";

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
