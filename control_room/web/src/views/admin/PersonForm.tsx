import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import { useTerritory } from "../../api/territory";
import type { Kind, Person } from "../../api/types";
import { useText } from "../../i18n/text";
import { DraftDialog } from "../../ui/DraftDialog";
import { errorOf, Field, FieldError } from "../../ui/Field";
import { ProblemNote } from "../../ui/ProblemNote";
import { submitting } from "../../ui/submitting";
import buttons from "../../ui/buttons.module.css";
import fields from "../../ui/Field.module.css";
import spacing from "../../ui/spacing.module.css";

const KINDS: readonly Kind[] = ["operator", "commune", "legal", "admin"];

const NOBODY: Omit<Person, "id"> = { login: "", name: "", kind: "operator", communes: [], enabled: true };

interface Props {
  person: Person | null;
  onSaved: (name: string) => void;
  onClose: () => void;
}

export function PersonForm({ person, onSaved, onClose }: Props) {
  const { t } = useText();
  const words = t.admin.people;
  const { communes } = useTerritory();
  const before = person ?? NOBODY;
  const [login, setLogin] = useState(before.login);
  const [name, setName] = useState(before.name);
  const [kind, setKind] = useState<Kind>(before.kind);
  const [bound, setBound] = useState<readonly string[]>(before.communes);
  const [password, setPassword] = useState("");
  const [enabled, setEnabled] = useState(before.enabled);
  const send = useMutation({
    mutationFn: () => {
      const rest = { name, kind, communes: [...bound], enabled };
      if (person === null) return ask(api.POST("/api/v1/people", { body: { login, password, ...rest } }));
      const body = password === "" ? rest : { ...rest, password };
      return ask(api.PATCH("/api/v1/people/{person_id}", { params: { path: { person_id: person.id } }, body }));
    },
    onSuccess: () => onSaved(name),
  });
  const problem = send.error;
  const toggle = (code: string) => setBound(bound.includes(code) ? bound.filter((one) => one !== code) : [...bound, code]);

  return (
    <DraftDialog title={person === null ? words.new : words.edit(person.name)} onClose={onClose} testId="person-form">
      {(close) => (
        <form onSubmit={submitting(send)}>
          <Field label={words.login} error={errorOf(problem, "login")}>
            {(ids) => (
              <input {...ids} required disabled={person !== null} maxLength={64} autoComplete="off" autoCapitalize="none" spellCheck={false} value={login}
                data-testid="person-login" onChange={(event) => setLogin(event.target.value)} />
            )}
          </Field>
          <Field label={words.name} error={errorOf(problem, "name")}>
            {(ids) => <input {...ids} required maxLength={120} value={name} data-testid="person-name" onChange={(event) => setName(event.target.value)} />}
          </Field>
          <Field label={words.kind} hint={person === null ? undefined : words.rightsHint} error={errorOf(problem, "kind")}>
            {(ids) => (
              <select {...ids} value={kind} data-testid="person-kind" onChange={(event) => setKind(KINDS.find((one) => one === event.target.value) ?? kind)}>
                {KINDS.map((one) => <option key={one} value={one}>{t.kind[one]}</option>)}
              </select>
            )}
          </Field>
          <fieldset>
            <legend>{words.communes}</legend>
            <div className={spacing.choices}>
              {communes?.map((commune) => (
                <label key={commune.code} className={fields.check}>
                  <input type="checkbox" checked={bound.includes(commune.code)} onChange={() => toggle(commune.code)} data-testid={`person-commune-${commune.code}`} />
                  {commune.name}
                </label>
              ))}
            </div>
            <FieldError text={errorOf(problem, "communes")} />
          </fieldset>
          <Field label={words.password} hint={person === null ? words.passwordHint : words.passwordKeep} error={errorOf(problem, "password")}>
            {(ids) => (
              <input {...ids} type="password" required={person === null} maxLength={256} autoComplete="new-password" value={password}
                data-testid="person-password" onChange={(event) => setPassword(event.target.value)} />
            )}
          </Field>
          <label className={fields.check}>
            <input type="checkbox" checked={enabled} data-testid="person-enabled" onChange={(event) => setEnabled(event.target.checked)} />
            {words.enabled}
          </label>
          <ProblemNote problem={problem} />
          <footer>
            <button type="button" onClick={close}>{t.cancel}</button>
            <button type="submit" className={buttons.primary} disabled={send.isPending} data-testid="person-save">{person === null ? t.create : t.save}</button>
          </footer>
        </form>
      )}
    </DraftDialog>
  );
}
