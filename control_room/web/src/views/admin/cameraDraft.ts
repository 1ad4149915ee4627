/** What a person has typed of a camera, and what of it is sent. Pure. */
import type { Camera, CameraChange, NewCamera } from "../../api/types";

export interface CameraDraft {
  commune: string;
  name: string;
  place: string;
  address: string;
  username: string;
  password: string;
  clearCredentials: boolean;
  subAddress: string;
  clearSub: boolean;
  opener: Camera["opener"];
  transport: Camera["transport"];
  lat: string;
  lon: string;
  recorded: boolean;
  enabled: boolean;
  authorised: boolean;
  number: string;
  grantedOn: string;
  validUntil: string;
  days: string;
  leastDays: string;
}

const BLANK: CameraDraft = {
  commune: "", name: "", place: "", address: "", username: "", password: "", clearCredentials: false,
  subAddress: "", clearSub: false, opener: "own", transport: "tcp", lat: "", lon: "",
  recorded: true, enabled: true, authorised: true, number: "", grantedOn: "", validUntil: "", days: "15", leastDays: "0",
};

const typed = (value: number | null | undefined): string => (value === null || value === undefined ? "" : String(value));

/** The draft a form starts with: that of a camera, or a blank one in `commune`. */
export function draftOf(camera: Camera | null, commune: string): CameraDraft {
  if (camera === null) return { ...BLANK, commune };
  const { name, place, opener, transport, recorded, enabled, authorisation } = camera;
  const draft = { ...BLANK, commune: camera.commune, name, place, opener, transport, recorded, enabled, lat: typed(camera.lat), lon: typed(camera.lon) };
  if (authorisation === null) return { ...draft, authorised: false };
  const { number, granted_on, valid_until, days, least_days } = authorisation;
  return { ...draft, number, grantedOn: granted_on, validUntil: valid_until, days: String(days), leastDays: String(least_days) };
}

const degrees = (text: string): number | null => (text.trim() === "" ? null : Number(text.replace(",", ".")));

function common(draft: CameraDraft) {
  return {
    name: draft.name,
    place: draft.place,
    lat: degrees(draft.lat),
    lon: degrees(draft.lon),
    opener: draft.opener,
    transport: draft.transport,
    recorded: draft.recorded,
    enabled: draft.enabled,
    authorisation: draft.authorised
      ? {
          number: draft.number, granted_on: draft.grantedOn, valid_until: draft.validUntil,
          days: Number(draft.days), least_days: Number(draft.leastDays),
        }
      : null,
  };
}

export function newCamera(draft: CameraDraft): NewCamera {
  const { commune, address, username, password, subAddress } = draft;
  return { commune, address, username, password, sub_address: subAddress, ...common(draft) };
}

/** What was left empty keeps its stored value: the four secrets are never shown, so they cannot be sent back. */
export function cameraChange(draft: CameraDraft): CameraChange {
  const change: CameraChange = common(draft);
  if (draft.address !== "") change.address = draft.address;
  if (draft.clearSub) change.sub_address = "";
  else if (draft.subAddress !== "") change.sub_address = draft.subAddress;
  if (draft.clearCredentials) return { ...change, username: "", password: "" };
  if (draft.username !== "") change.username = draft.username;
  if (draft.password !== "") change.password = draft.password;
  return change;
}
