import { describe, expect, it } from "vitest";
import { en } from "./en";
import { fr } from "./fr";
import { reasonFrom, resourceWords, words } from "./words";

describe("words", () => {
  it("puts parameters where the sentence names them", () => {
    const reason = { code: "login-taken", params: { login: "c.dubois" } };
    expect(words(reason, fr, "fr")).toBe("L’identifiant c.dubois est déjà pris.");
    expect(words(reason, en, "en")).toBe("The login c.dubois is taken.");
  });
  it("words actions, kinds and fields too", () => {
    expect(words({ code: "not-for-kind", params: { action: "export", kind: "operator" } }, fr, "fr")).toBe(
      `« ${fr.journal.actions.export} » n’est pas permis à la fonction « ${fr.kind.operator} ».`,
    );
    expect(words({ code: "fields-changed", params: { fields: "name, place" } }, fr, "fr")).toBe("nom, lieu");
  });
  it("writes dates as the reader does", () => {
    expect(words({ code: "authorisation-over", params: { number: "2021-1", date: "2026-02-01" } }, fr, "fr")).toContain("01/02/2026");
  });
  it("writes tenths as the reader does", () => {
    const reason = { code: "tile-camera-quiet", params: { seconds: "2.5" } };
    expect(words(reason, fr, "fr")).toContain("2,5 s");
    expect(words(reason, en, "en")).toContain("2.5 s");
  });
  it("writes stretches of time as the reader does", () => {
    const ranges = "2026-11-20T21:00:00+00:00 to 2026-11-20T21:05:00+00:00, 2026-11-20T22:00:00+00:00 to 2026-11-20T22:10:00+00:00";
    const said = words({ code: "hold-partial-more", params: { ranges, more: 2 } }, fr, "fr") ?? "";
    expect(said).toMatch(/20\/11\/2026 22:00:00 UTC\+1 – 20\/11\/2026 22:05:00 UTC\+1, 20\/11\/2026 23:00:00/);
    expect(said).not.toContain(" to ");
  });
  it.each([
    ["range-asked", { start: "2026-11-20T21:00:00+00:00", end: "2026-11-20T21:05:00+00:00" }, "du 20/11/2026 22:00:00 UTC+1 au 20/11/2026 22:05:00 UTC+1"],
    ["clock-said", { instant: "2026-11-20T21:00:00+00:00" }, "L’heure dite : 20/11/2026 22:00:00 UTC+1"],
    ["named", { name: "Place du Beffroi" }, "Place du Beffroi"],
    ["administrator-made", { login: "c.dubois", kind: "admin" }, `c.dubois, ${fr.kind.admin}, sur la machine`],
    ["camera-link-lost", { place: "192.0.2.7:554", cause: "ended-by-peer" }, "192.0.2.7:554 : l’autre côté a mis fin à la connexion."],
    ["camera-answers", { place: "192.0.2.7:554", status: 500, asked: "SETUP" }, "192.0.2.7:554 répond 500 à SETUP, qu’une caméra doit comprendre."],
  ])("words %s of the journal and of cameras, times as everywhere", (code, params: Record<string, string | number>, said) => {
    expect(words({ code, params }, fr, "fr")).toBe(said);
  });
  it("words what lies behind, an error without words by its symbol", () => {
    const away = (cause: string) => words({ code: "storage-away", params: { cause } }, fr, "fr");
    expect(away("timed-out")).toBe("Le service d’enregistrement ne répond pas (délai dépassé).");
    expect(away("other:EPROTO")).toBe("Le service d’enregistrement ne répond pas (erreur imprévue EPROTO).");
  });
  it("words a reason behind a reason", () => {
    const cause = '{"code":"storage-away","params":{"cause":"no-route"}}';
    expect(words({ code: "export-waits", params: { cause } }, fr, "fr")).toBe(
      "Nouvelle demande jusqu’à réponse (Le service d’enregistrement ne répond pas (machine ou réseau injoignable)).",
    );
  });
  it.each(["Input/output error", "it cannot be reached: x", "{", '{"code":"of-tomorrow","params":{}}', "", "constructor"])(
    "never shows %j, which has no words, as it came",
    (cause) => {
      expect(words({ code: "store-unreadable", params: { cause } }, fr, "fr")).toBe(
        `Le dossier des enregistrements est illisible (${fr.causes.technical}).`,
      );
    },
  );
  it("leaves an unknown code to the sentence beside it", () => {
    expect(words({ code: "of-tomorrow", params: {} }, fr, "fr")).toBeNull();
    expect(words(null, fr, "fr")).toBeNull();
  });
});

describe("resourceWords", () => {
  it("says what an entry was about", () => {
    expect(["hold:h-1", "export:x-1", "storage:clock", "p-1", ""].map((one) => resourceWords(one, fr))).toEqual([
      "Gel h-1", "Export x-1", "Horloge de l’enregistrement", "p-1", "",
    ]);
  });
});

describe("reasonFrom", () => {
  it("reads code and parameters", () => {
    expect(reasonFrom({ code: "form-least", params: { least: 1 } })).toEqual({ code: "form-least", params: { least: 1 } });
  });
  it.each([null, "text", {}, { code: 1, params: {} }, { code: "form" }])("takes %j for no reason", (raw) => {
    expect(reasonFrom(raw)).toBeNull();
  });
});
