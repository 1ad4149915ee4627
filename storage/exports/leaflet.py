"""LISEZMOI.txt: what the package is and how anybody can verify it. French first, then English."""

from shared.evidence.manifest import exact
from shared.messages.storage import ExportOrder
from storage.model.instants import ns_from_datetime

_TEXT = """\
EXPORT DE VIDÉOPROTECTION {id}
==============================

Référence de la réquisition : {reference}
Autorité requérante : {authority}
Période demandée (UTC) : du {start} au {end}

Contenu
-------
- un fichier MP4 par caméra au format d'export ONVIF, avec les images telles que la caméra les a codées, sans
  réencodage et sans son. Chaque image y est à son heure UTC : une lacune reste une lacune, pendant laquelle
  un lecteur ordinaire peut laisser la dernière image affichée. Un autre fichier suit quand le codage change.
  La première image précède au besoin la période demandée, car le décodage commence sur une image complète ;
  là où la caméra n'en envoie pas, manifest.json dit combien des premières images sont incomplètes
  (incomplete_first_pictures) ;
- manifest.json : ce qui a été demandé, ce qui existe, ce qui manque, et l'empreinte SHA-256 de chaque
  fichier ;
- manifest.sig : la signature Ed25519 (64 octets) de manifest.json par la clé de preuve du centre ;
- RAPPORT.pdf : ce qui a été demandé, ce qui est remis, les lacunes et les empreintes, signé (PAdES) ;
- LECTEUR.html : une page qui lit les films hors ligne, image par image dans les deux sens, avec leur heure
  UTC ; l'ouvrir depuis le dossier décompressé ;
- cle-publique.pem et certificat.pem : la clé de preuve, et le certificat de la clé RSA qui scelle chaque film
  (RSASSA-PSS, SHA-256), joints pour information ;
- ce fichier.

Vérifier
--------
Il faut la clé publique de preuve du centre (fichier PEM), obtenue de lui par une autre voie que cet export.
Empreinte annoncée de la clé : {fingerprint}
Empreinte annoncée du certificat : {certificate}

Avec Beffroi, hors ligne :   beffroi verify EXPORT.zip --key CLE.pem
Sans Beffroi, avec OpenSSL 3, dans le dossier décompressé :
  openssl pkeyutl -verify -pubin -inkey CLE.pem -rawin -in manifest.json -sigfile manifest.sig
  puis comparer `sha256sum` de chaque fichier à ce que dit manifest.json.

Conserver cet export original sans le modifier, et travailler sur une copie.


VIDEO-PROTECTION EXPORT {id}
============================

Requisition: {reference}
Requesting authority: {authority}
Period asked (UTC): from {start} to {end}

Contents
--------
- one MP4 file for each camera in the ONVIF Export File Format, with the pictures as the camera coded them,
  not re-encoded, without sound. Each picture stands at its UTC: a gap stays a gap, during which an ordinary
  player may go on showing the last picture. Another file follows where the coding changes. The first picture
  may come before the period asked, because decoding starts on a complete picture; where the camera sends
  none, manifest.json says how many of the first pictures are incomplete (incomplete_first_pictures);
- manifest.json: what was asked, what exists, what is missing, and the SHA-256 of each file;
- manifest.sig: the Ed25519 signature (64 bytes) of manifest.json by the centre's evidence key;
- RAPPORT.pdf: what was asked, what is handed over, gaps and hashes, signed (PAdES), in French;
- LECTEUR.html: a page that plays the films offline, picture by picture both ways, with their UTC; open it in
  the unpacked folder;
- cle-publique.pem and certificat.pem: the evidence key, and the certificate of the RSA key that seals each
  film (RSASSA-PSS, SHA-256), for information;
- this file.

Verify
------
You need the centre's public evidence key (a PEM file), had from the centre by another way than this export.
Fingerprint that the key should have: {fingerprint}
Fingerprint that the certificate should have: {certificate}

With Beffroi, offline:   beffroi verify EXPORT.zip --key KEY.pem
Without Beffroi, with OpenSSL 3, in the unpacked folder:
  openssl pkeyutl -verify -pubin -inkey KEY.pem -rawin -in manifest.json -sigfile manifest.sig
  then compare `sha256sum` of each file with what manifest.json says.

Keep this original export unchanged, and work on a copy.
"""


_REDACTED = """\
COPIE OCCULTÉE / REDACTED COPY
==============================

Ceci est une copie occultée{original_fr} : {count} masque(s) noir(s) suivent des zones de l'image et les
remplacent, puis les images ont été réencodées en H.264. Ce qu'un masque couvre n'est pas dans ce fichier. Ce
que la suite dit des images « telles que la caméra les a codées » vaut pour l'original, que le centre conserve
sans le modifier jusqu'à son échéance ; manifest.json (redaction) donne les empreintes de l'original.

This is a redacted copy{original_en}: {count} black mask(s) follow parts of the picture and replace them,
then the pictures were coded anew as H.264. What a mask covers is not in this file. What is said below of
pictures "as the camera coded them" is true of the original, which the centre keeps unchanged until its day;
manifest.json (redaction) gives the hashes of the original.


"""


def leaflet(order: ExportOrder, fingerprint: str, certificate: str) -> bytes:
    """The text for one export, in UTF-8."""
    return (_redacted(order) if order.masks else b"") + _TEXT.format(
        id=order.id,
        reference=order.reference,
        authority=order.authority,
        start=exact(ns_from_datetime(order.start, "start")),
        end=exact(ns_from_datetime(order.end, "end")),
        fingerprint=fingerprint,
        certificate=certificate,
    ).encode()


def _redacted(order: ExportOrder) -> bytes:
    of = order.original
    return _REDACTED.format(
        count=len(order.masks),
        original_fr=f" de l'export {of}" if of else "",
        original_en=f" of export {of}" if of else "",
    ).encode()
