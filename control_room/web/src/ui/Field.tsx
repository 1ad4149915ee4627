import { useId, type ReactNode } from "react";
import type { FieldProblem, Problem } from "../api/problem";
import { useText } from "../i18n/text";
import { words } from "../i18n/words";
import fields from "./Field.module.css";
import prose from "./prose.module.css";

export interface FieldIds {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean | undefined;
}

/** What is wrong with a field: the page's own words, or a service's reason. */
export type Fault = string | FieldProblem;

interface Props {
  label: string;
  hint?: string | undefined;
  error?: Fault | undefined;
  children: (ids: FieldIds) => ReactNode;
}

/** A labelled control with its hint and its error tied to it. */
export function Field({ label, hint, error, children }: Props) {
  const id = useId();
  const described = [hint === undefined ? "" : `${id}-hint`, error === undefined ? "" : `${id}-error`].join(" ").trim();
  return (
    <div className={fields.field}>
      <label htmlFor={id}>{label}</label>
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": error === undefined ? undefined : true })}
      {hint !== undefined && <span id={`${id}-hint`} className={prose.hint}>{hint}</span>}
      {error !== undefined && <FieldError id={`${id}-error`} text={error} />}
    </div>
  );
}

/** What a problem says of one field (`authorisation.days` answers to `days` too). */
export function errorOf(problem: Problem | null, field: string): Fault | undefined {
  return problem?.fields.find((one) => one.field === field || one.field.split(".").at(-1) === field);
}

/** The error of a control that is no single field. */
export function FieldError({ text, id }: { text: Fault | undefined; id?: string }) {
  const { t, language } = useText();
  if (text === undefined) return null;
  const known = typeof text === "string" ? text : words(text.why, t, language);
  return (
    <span id={id} className={fields.error} lang={known === null ? "en" : undefined} data-testid="field-error">
      {known ?? (typeof text === "string" ? text : text.detail)}
    </span>
  );
}
