/** Pourquoi il n’y a pas d’images, par les codes du stockage. */
export const gapCauses = {
  camera: "la caméra n’envoyait pas d’images utilisables",
  link: "liaison avec la commune interrompue",
  disk: "le disque n’acceptait plus d’images",
  authorisation: "enregistrement non autorisé ou non demandé",
  maintenance: "service d’enregistrement arrêté volontairement",
  recorder: "panne du service d’enregistrement",
};
