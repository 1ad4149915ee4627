"""The `beffroi` command."""

import argparse
import os
import sys
from pathlib import Path

from shared.errors import BadInput, BeffroiError
from shared.private import private_from_now_on

DEFAULT_PORT = 8080
DEMO_MUXES = 2
DEMO_DIR = Path("var/demo")
UP_DIR = Path("var/beffroi")


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; 0 when all is well, 1 when what was examined is not, 2 with an error's sentence."""
    private_from_now_on()
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.verb(asked))
    except BeffroiError as error:
        print(f"beffroi: {error.detail}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="beffroi", description="Beffroi on one machine.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    demo = verbs.add_parser("demo", help="start everything with simulated cameras")
    demo.add_argument("--data", type=Path, default=DEMO_DIR, help=f"folder to keep things in ({DEMO_DIR})")
    demo.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help=f"first of the ports taken ({DEFAULT_PORT})"
    )
    _add_muxes(demo)
    demo.set_defaults(verb=_demo)

    up = verbs.add_parser("up", help="start an installation for real use")
    up.add_argument("--data", type=Path, default=UP_DIR, help=f"folder to keep things in ({UP_DIR})")
    up.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help=f"first of the ports taken ({DEFAULT_PORT})"
    )
    up.add_argument("--host", default="127.0.0.1", help="address the HTTP services listen on (127.0.0.1)")
    up.add_argument(
        "--media-host", default="127.0.0.1", help="address of this machine that browsers send media to"
    )
    up.add_argument(
        "--public-url", required=True, help="where browsers find the page, such as https://cmsu.example"
    )
    up.add_argument(
        "--mux-url",
        required=True,
        action="append",
        dest="mux_urls",
        metavar="URL",
        help="where browsers find a mux; once for each: as many are started",
    )
    up.add_argument("--storage-url", required=True, help="where browsers find storage")
    for kind in ("stun", "turn"):
        up.add_argument(
            f"--{kind}-url",
            action="append",
            default=[],
            dest=f"{kind}_urls",
            metavar="URL",
            help=f"a {kind.upper()} server browsers may use; once for each",
        )
    up.set_defaults(verb=_up)

    doctor = verbs.add_parser("doctor", help="say what is missing or misconfigured")
    doctor.add_argument(
        "--data", type=Path, default=DEMO_DIR, help=f"folder of the installation ({DEMO_DIR})"
    )
    doctor.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help=f"first of the ports taken ({DEFAULT_PORT})"
    )
    _add_muxes(doctor)
    doctor.set_defaults(verb=_doctor)

    verify = verbs.add_parser("verify", help="check offline: exports, destructions, departures, journals")
    verify.add_argument(
        "what",
        nargs="+",
        metavar="EXPORT",
        help="the export: a .zip, or the folder it was unpacked to; or a receipt: .json; "
        "or the word `destruction` and a proof, `departure` and its folder, or `journal` and its file",
    )
    verify.add_argument(
        "--key",
        type=Path,
        required=True,
        help="the public evidence key of the centre, or the journal's (PEM)",
    )
    verify.add_argument("--timestamp", type=Path, help="its time-stamp (RFC 3161 token), had separately")
    verify.add_argument("--authority", type=Path, help="the certificate of the time-stamping authority (PEM)")
    verify.add_argument(
        "--heads",
        type=Path,
        action="append",
        default=[],
        help="heads of the register as control_room gave them (/destructions/heads); of a journal, a file "
        "of heads that a witness kept, or a worker's `journal-heads.jsonl`, `journal-head`: each by itself",
    )
    about = verify.add_argument_group("of a proof of destruction, where it has to answer another question")
    about.add_argument("--stream", help="commune/camera/kind, such as 59350/cam-3kf9a0q2zd/main")
    about.add_argument("--from", dest="start", help="beginning of the range, such as 2026-10-01T21:00:00Z")
    about.add_argument("--to", dest="end", help="end of the range")
    verify.set_defaults(verb=_verify)
    _add_storage(verbs.add_parser("storage", help="look after recordings while nothing runs"))
    return parser


def _add_storage(storage: argparse.ArgumentParser) -> None:
    verbs = storage.add_subparsers(required=True, metavar="VERB")
    fsck = verbs.add_parser("fsck", help="compare index and objects both ways, and hash every object anew")
    fsck.add_argument("--repair", action="store_true", help="then mend the index by what is there")
    fsck.set_defaults(verb=_fsck)
    rebuild = verbs.add_parser("rebuild", help="make the index anew from the objects, holds included")
    rebuild.set_defaults(verb=_rebuild)
    for verb in (fsck, rebuild):
        verb.add_argument(
            "--data",
            type=Path,
            help="folder of an installation; without it BEFFROI_* say where storage keeps things",
        )


def _add_muxes(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--muxes",
        type=int,
        # argparse converts a default that is text, and refuses a wrong one as it would an option.
        default=os.environ.get("BEFFROI_MUXES", str(DEMO_MUXES)),
        help=f"processes that serve live pictures (BEFFROI_MUXES, else {DEMO_MUXES})",
    )


# Each verb imports what it alone needs: `verify` must work where nothing else is installed or configured.


def _demo(asked: argparse.Namespace) -> int:
    from deploy.demo import run_demo

    run_demo(asked.data.resolve(), asked.port, asked.muxes)
    return 0


def _up(asked: argparse.Namespace) -> int:
    from deploy.up import Addresses, run_up

    addresses = Addresses(
        page_url=asked.public_url,
        mux_urls=tuple(asked.mux_urls),
        storage_url=asked.storage_url,
        host=asked.host,
        media_host=asked.media_host,
        stun_urls=tuple(asked.stun_urls),
        turn_urls=tuple(asked.turn_urls),
    )
    run_up(asked.data.resolve(), asked.port, addresses)
    return 0


def _doctor(asked: argparse.Namespace) -> int:
    from deploy.doctor import Verdict, examine

    findings = list(examine(asked.data.resolve(), asked.port, asked.muxes))
    for finding in findings:
        print(f"{finding.verdict:<8} {finding.what}")
    return 1 if any(finding.verdict is Verdict.WRONG for finding in findings) else 0


def _verify(asked: argparse.Namespace) -> int:
    from deploy.verification import Stamp, departure, destruction, journal, verification

    if (asked.timestamp is None) != (asked.authority is None):
        raise BadInput("--timestamp and --authority go together")
    match asked.what:
        case [export]:
            stamp = Stamp(asked.timestamp, asked.authority) if asked.timestamp else None
            if len(asked.heads) > 1:
                raise BadInput("an export is held to one file of heads")
            return verification(Path(export), asked.key, stamp, asked.heads[0] if asked.heads else None)
        case ["destruction", proof]:
            return destruction(Path(proof), asked.key, asked.stream, asked.start, asked.end)
        case ["departure", folder]:
            return departure(Path(folder), asked.key)
        case ["journal", extract]:
            return journal(Path(extract), asked.key, asked.heads)
    raise BadInput(
        "verify takes an export, or `destruction`, `departure` or `journal` and its file or folder"
    )


def _fsck(asked: argparse.Namespace) -> int:
    from deploy.upkeep import fsck

    return fsck(asked.data, repair=asked.repair)


def _rebuild(asked: argparse.Namespace) -> int:
    from deploy.upkeep import rebuild

    return rebuild(asked.data)


if __name__ == "__main__":
    sys.exit(main())
