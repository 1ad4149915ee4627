import { gapCauses } from "./gaps";

const causes: Record<string, string> = { ...gapCauses, unreadable: "enregistrement illisible", unknown: "cause inconnue" };

export const playback = {
  title: "Relecture",
  pickCamera: "Choisissez une caméra",
  open: "Ouvrir l’enregistrement",
  change: "Autre plage",
  explain: "La consultation est inscrite au journal avec son motif.",
  range: "Plage",
  last: { quarter: "15 min", hour: "1 h", sixHours: "6 h", day: "24 h" },
  lastLabel: "Dernières",
  follow: "Suivre l’enregistrement en cours",
  stream: (codec: string) => `Format ${codec}`,
  timeline: "Ligne de temps",
  timelineKeys: "Flèches : 5 s, avec Maj 1 min. Plus et moins : zoom.",
  legend: { recorded: "enregistré", gap: "trou", now: "en cours" },
  coverage: (percent: string, gaps: number, tiny: number) => {
    const counted = (count: number) => `${count} ${count === 1 ? "trou" : "trous"}`;
    const least = tiny === 0 ? [] : [`${counted(tiny)} de moins d’une seconde`];
    const all = gaps === 0 ? least : [counted(gaps), ...least];
    return `${percent} enregistré, ${all.length === 0 ? "aucun trou" : all.join(", ")}`;
  },
  gaps: {
    title: "Causes des trous",
    one: (from: string, length: string, cause: string) => `${from}, ${length} : ${cause}`,
    more: (count: number) => `et ${count} autres, plus courtes`,
    cause: (code: string): string => causes[code] ?? causes["unknown"] ?? "",
  },
  nothing: "Aucun enregistrement sur cette plage.",
  jumped: (from: string, to: string, length: string) => `Trou de ${length} sauté : de ${from} à ${to}`,
  loading: "Chargement des images…",
  waitingLive: "Fin de l’enregistrement atteinte, en attente de la suite…",
  ended: "Fin de l’enregistrement.",
  shown: "Image affichée",
  noFrame: "aucune image affichée",
  play: "Lecture",
  pause: "Pause",
  stepBack: "Image précédente",
  stepForward: "Image suivante",
  speed: "Vitesse",
  still: "Enregistrer l’image",
  stillDone: (name: string) => `Image enregistrée : ${name}`,
  zoomIn: "Agrandir l’échelle",
  zoomOut: "Réduire l’échelle",
  zoomAll: "Toute la plage",
  recordingNow: "Enregistrement en cours",
  notRecording: "Pas d’enregistrement en cours",
  failed: "La relecture s’est interrompue.",
  incomplete: "Ces images sont incomplètes : la caméra n’envoie pas d’image clé et renouvelle son image par morceaux.",
  convertedWhole: "Images converties : la caméra n’envoie pas d’image clé, par laquelle ce navigateur pourrait commencer. L’enregistrement reste tel quel.",
  converted: (codec: string) => `Images converties : ce navigateur ne lit pas ${codec}. L’enregistrement reste tel quel.`,
  unsupported: (codec: string) => `Ce navigateur ne lit pas le format de cet enregistrement (${codec}). L’enregistrement est complet : un export se regarde avec un lecteur vidéo.`,
  storageAway: "Le service d’enregistrement ne répond pas ; nouvel essai automatique.",
  backward: "Arrière",
  strip: "Vignettes de la plage affichée",
  loadingDays: "Lecture du calendrier…",
  marks: {
    title: "Plage repérée",
    from: "Début",
    to: "Fin",
    hint: "Repérez une plage : I et O, ou Maj et souris sur la ligne de temps.",
    clear: "Effacer",
    hold: "Conserver cette plage",
    export: "Exporter cette plage",
  },
  fetch: {
    title: "À l’enregistreur de la commune",
    toFetch: "à rapatrier",
    fetching: "en cours",
    left: (length: string) => `${length} à rapatrier de l’enregistreur de la commune`,
    coming: (length: string) => `${length} en cours de rapatriement`,
    now: "Rapatrier maintenant",
    asked: "Demandé : cette plage passe avant tout le reste.",
  },
  sync: {
    add: "Ajouter une caméra…",
    remove: (name: string) => `Retirer ${name}`,
    nothing: "rien d’enregistré à cet instant",
    offset: (ms: number) => `écart ${ms > 0 ? "+" : ms < 0 ? "−" : "±"}${Math.abs(ms)} ms`,
    uncertain: (clock: string, wrongMs: number | null): string =>
      `${clock === "sender_report" || clock === "card" ? "heure de la caméra" : "heure d’arrivée"}, ${wrongMs === null ? "incertitude inconnue" : `± ${wrongMs} ms`}`,
    clock: (clock: string): string => {
      if (clock === "card") {
        return "De la carte de la caméra : UTC selon son horloge, telle qu’on la connaissait lors de la relecture.";
      }
      return clock === "sender_report"
        ? "UTC donnée par la caméra (RTCP), comparée à l’arrivée de ses images."
        : "UTC de l’arrivée au centre : en retard du délai du réseau et de la caméra.";
    },
  },
  calendar: {
    title: "Calendrier",
    before: "Mois précédent",
    after: "Mois suivant",
    nothing: "aucun enregistrement",
    zone: "Jours au fuseau du centre.",
    needsMotive: "Le motif d’abord : la consultation du calendrier est inscrite au journal.",
  },
  keys: {
    space: "Lecture ou pause",
    step: "Image précédente, image suivante",
    seek: "Reculer ou avancer de 5 s, avec Maj de 1 min",
    speed: "Moins vite, plus vite",
    zoom: "Échelle de la ligne de temps",
    backward: "Lecture arrière ou avant",
    marks: "Début et fin de la plage repérée",
    still: "Enregistrer l’image affichée",
    fetch: "Rapatrier ce que la commune a de la plage affichée",
  },
};
