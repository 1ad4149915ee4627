import { useId, type ReactNode } from "react";
import type { Problem } from "../api/problem";

export interface FieldIds {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean | undefined;
}

interface Props {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  className?: string;
  children: (ids: FieldIds) => ReactNode;
}

/** A labelled control with its hint and its error tied to it. */
export function Field({ label, hint, error, className, children }: Props) {
  const id = useId();
  const described = [hint === undefined ? "" : `${id}-hint`, error === undefined ? "" : `${id}-error`].join(" ").trim();
  return (
    <div className={`field ${className ?? ""}`}>
      <label htmlFor={id}>{label}</label>
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": error === undefined ? undefined : true })}
      {hint !== undefined && <span id={`${id}-hint`} className="hint">{hint}</span>}
      {error !== undefined && <span id={`${id}-error`} className="error" data-testid="field-error">{error}</span>}
    </div>
  );
}

/** What a problem says of one field (`authorisation.days` answers to `days` too). */
export function errorOf(problem: Problem | null, field: string): string | undefined {
  return problem?.fields.find((one) => one.field === field || one.field.split(".").at(-1) === field)?.detail;
}

/** The error of a control that is no single field. */
export function FieldError({ text }: { text: string | undefined }) {
  return text === undefined ? null : <span className="error" data-testid="field-error">{text}</span>;
}
