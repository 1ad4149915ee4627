import { describe, expect, it } from "vitest";
import type { Article, Desk } from "../../api/types";
import { fr } from "../../i18n/fr";
import { articleName, articleOf, doubtOf, mandateOf } from "./articles";

const article: Article = {
  code: "77-1-1", law: "fr", source: "CPP", confidence: "told", signers: [{ capacity: "opj", mandate: "authorisation" }],
};
const desk: Desk = { articles: [article], direct_exports: false, collect_days: 7, review_days: 30 };

describe("articles of the desk", () => {
  it("say what whoever signs needs, and name nobody else", () => {
    expect(mandateOf(articleOf(desk, "77-1-1"), "opj")).toBe("authorisation");
    expect(mandateOf(articleOf(desk, "77-1-1"), "judge")).toBeNull();
    expect(mandateOf(articleOf(desk, "60-1"), "opj")).toBeNull();
  });
  it("say where they are not sure, and are named all the same", () => {
    expect(doubtOf(article, fr)).toContain("contrôlez");
    expect(doubtOf({ ...article, confidence: "read" }, fr)).toBe("");
    expect(articleName("60-1", fr)).toBe("Article 60-1 CPP");
    expect(articleName("be-lfp-25", fr)).toContain("Belgique");
  });
});
