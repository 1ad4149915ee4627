/** What the desk knows of articles, in words. Pure. */
import type { Article, Desk } from "../../api/types";
import type { Messages } from "../../i18n/fr";

export const articleName = (code: string, t: Messages): string =>
  t.requisitions.articleName[code] ?? t.requisitions.articleOf(code);

export const articleOf = (desk: Desk | undefined, code: string): Article | undefined => desk?.articles.find((one) => one.code === code);

/** What whoever signs in this capacity needs from another one; null where the article does not name them. */
export const mandateOf = (article: Article | undefined, capacity: string): Article["signers"][number]["mandate"] | null =>
  article?.signers.find((one) => one.capacity === capacity)?.mandate ?? null;

/** What is said of an article whose entry is not sure. */
export const doubtOf = (article: Article | undefined, t: Messages): string =>
  article === undefined || article.confidence === "read" ? "" : t.requisitions.confidence[article.confidence];
