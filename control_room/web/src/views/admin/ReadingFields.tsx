import type { Problem } from "../../api/problem";
import type { Camera } from "../../api/types";
import { useText } from "../../i18n/text";
import { errorOf, Field, type FieldIds } from "../../ui/Field";
import type { CameraDraft } from "./cameraDraft";
import fields from "../../ui/Field.module.css";
import spacing from "../../ui/spacing.module.css";

interface Props {
  draft: CameraDraft;
  camera: Camera | null;
  problem: Problem | null;
  onChange: (change: Partial<CameraDraft>) => void;
}

const OPENERS = ["own", "av"] as const satisfies readonly Camera["opener"][];
const TRANSPORTS = ["tcp", "udp"] as const satisfies readonly Camera["transport"][];

/** How a camera is read: its small stream (its address is write only), the RTSP client and the transport. */
export function ReadingFields({ draft, camera, problem, onChange }: Props) {
  const { t } = useText();
  const words = t.admin.cameras;
  const stored = camera?.has_sub === true;
  const known = camera === null ? "" : `${stored ? words.subStored : words.subMissing} `;
  return (
    <fieldset className={spacing.stack}>
      <legend>{words.reading}</legend>
      <Field label={`${words.subAddress} (${t.optional})`} hint={known + words.subAddressHint} error={errorOf(problem, "sub_address")}>
        {(ids) => (
          <input {...ids} maxLength={2048} autoComplete="off" spellCheck={false} disabled={draft.clearSub} value={draft.subAddress}
            placeholder={stored ? "" : "rtsp://"} data-testid="camera-sub-address" onChange={(event) => onChange({ subAddress: event.target.value })} />
        )}
      </Field>
      {stored && (
        <label className={fields.check}>
          <input type="checkbox" checked={draft.clearSub} data-testid="camera-clear-sub" onChange={(event) => onChange({ clearSub: event.target.checked })} />
          {words.clearSub}
        </label>
      )}
      <div className={spacing.pair}>
        <Field label={words.opener} hint={words.openerHint} error={errorOf(problem, "opener")}>
          {(ids) => (
            <Select ids={ids} options={OPENERS} names={words.openers} value={draft.opener} testId="camera-opener" onChange={(opener) => onChange({ opener })} />
          )}
        </Field>
        <Field label={words.transport} hint={words.transportHint} error={errorOf(problem, "transport")}>
          {(ids) => (
            <Select ids={ids} options={TRANSPORTS} names={words.transports} value={draft.transport} testId="camera-transport"
              onChange={(transport) => onChange({ transport })} />
          )}
        </Field>
      </div>
    </fieldset>
  );
}

interface SelectProps<Option extends string> {
  ids: FieldIds;
  options: readonly Option[];
  names: Record<Option, string>;
  value: Option;
  testId: string;
  onChange: (option: Option) => void;
}

function Select<Option extends string>({ ids, options, names, value, testId, onChange }: SelectProps<Option>) {
  return (
    <select {...ids} value={value} data-testid={testId}
      onChange={(event) => onChange(options.find((option) => option === event.target.value) ?? value)}>
      {options.map((option) => <option key={option} value={option}>{names[option]}</option>)}
    </select>
  );
}
