"""A test is found by its module's name: `a/b/c.py` has `tests/unit/a/b/test_c.py` or `test_c_*.py`."""

from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("shared", "ingest", "mux", "storage", "control_room", "deploy")

NOTHING_TO_TEST = {
    "control_room/evidence/ledger_watch.py": "a record",
    "shared/evidence/ledger_news.py": "records, written and read by tests/contract/test_ledger.py",
    "control_room/access/room.py": "the ports of a room, a record",
    "control_room/db/desk_tables.py": "tables, held to the migrations by test_migrate.py",
    "control_room/db/transaction.py": "one object a noun, a record",
    "control_room/evidence/room.py": "the ports of a room, a record",
    "control_room/http/problems.py": "a table, held to the document by test_document.py and test_fuzz.py",
    "control_room/http/rooms.py": "the rooms, a record",
    "control_room/journal/room.py": "the ports of a room, a record",
    "control_room/identity/room.py": "the ports of a room, a record",
    "control_room/live/room.py": "the ports of a room, a record",
    "control_room/model/articles.py": "data, held to its rules by test_requisitions.py",
    "control_room/model/evidence.py": "records",
    "control_room/territory/room.py": "the ports of a room, a record",
    "ingest/ports.py": "ports and the values that pass them",
    "ingest/rtsp/jpeg_tables.py": "tables of RFC 2435",
    "ingest/settings.py": "settings, held by the README's table",
    "ingest/simulator/cards/card.py": "one record",
    "ingest/simulator/cards/clocks.py": "a table, held to its faults by test_faults.py",
    "ingest/simulator/cards/media.py": "a table, held to its faults by test_faults.py",
    "ingest/simulator/cards/talk.py": "a table, held to its faults by test_faults.py",
    "ingest/simulator/cards/udp.py": "a table, held to its faults by test_faults.py",
    "mux/sessions/page_counts.py": "a record",
    "mux/transport/media_transport.py": "a port",
    "shared/arrival.py": "two figures",
    "shared/gap_causes.py": "names",
    "shared/evidence/finding.py": "the findings, and a record",
    "storage/index/tables.py": "tables, held to the migrations by test_database.py",
    "storage/metrics.py": "names of metrics",
    "storage/objects/locks.py": "a port, held to test_object_store.py",
    "storage/model/export_part.py": "a record",
    "storage/settings.py": "settings, held by the README's table",
    "shared/messages/desk.py": "records",
    "shared/messages/edge.py": "records, written and read by storage's and the edge's tests",
    "storage/edge/source.py": "a port, held to source_contract.py",
    "shared/messages/ingest.py": "records, written and read by test_codec.py",
    "shared/messages/storage.py": "records, written and read by test_codec.py",
    "shared/units.py": "the access unit, a record",
}
"""Modules without behaviour of their own, each with the reason."""

ELSEWHERE = {
    "storage/exports/orders.py": "tests/unit/storage/exports/test_jobs.py",
    "storage/exports/packages.py": "tests/unit/storage/exports/test_safe.py",
    "storage/objects/sealing/growing.py": "tests/unit/storage/recording/test_sealed_spool.py",
    "storage/recording/spool_file.py": "tests/unit/storage/recording/test_sealed_spool.py",
    "storage/recording/spool_files.py": "tests/unit/storage/recording/test_sealed_spool.py",
    "storage/recording/spool_keys.py": "tests/unit/storage/recording/test_sealed_spool.py",
    "control_room/db/journal_heads.py": "tests/unit/control_room/journal/test_signer.py",
    "control_room/journal/check.py": "tests/unit/control_room/db/test_journal.py",
    "control_room/model/signed_journal.py": "tests/unit/control_room/journal/test_signer.py",
    "ingest/checks/known_key.py": "tests/unit/ingest/checks/test_nal_cut_units.py",
    "shared/transcoder/stills.py": "tests/unit/storage/playback/test_thumbnails.py",
    "storage/edge/compose.py": "tests/integration/storage/test_edge.py",
    "storage/fetching/compose.py": "tests/unit/storage/fetching/test_receiving.py",
    "storage/fetching/looking.py": "tests/unit/storage/fetching/test_edges.py",
    "storage/fetching/parts.py": "tests/unit/storage/fetching/test_receiving.py",
    "storage/http/edges.py": "tests/unit/storage/fetching/test_edges.py",
    "storage/index/ring.py": "tests/unit/storage/edge/test_ring.py",
    "storage/model/fetch.py": "tests/unit/storage/model/test_stretches.py",
    "storage/objects/keeping.py": "tests/integration/storage/test_service.py",
    "storage/fmp4/told_clock.py": "tests/unit/storage/recording/test_utc_of_pictures.py",
    "storage/index/interruptions.py": "tests/unit/storage/lifecycle/test_interruptions.py",
    "storage/http/asked.py": "tests/unit/storage/http/test_playback.py",
    "storage/http/thumbnails.py": "tests/unit/storage/playback/test_thumbnails.py",
    "storage/playback/pieces.py": "tests/unit/storage/playback/test_windows.py",
    "storage/playback/playlist.py": "tests/unit/storage/http/test_hls.py",
    "storage/playback/retiming.py": "tests/unit/storage/playback/test_windows.py",
    "storage/lifecycle/departure_grounds.py": "tests/unit/storage/lifecycle/test_departure.py",
    "storage/objects/blocks.py": "tests/unit/storage/objects/test_s3.py",
    "storage/objects/sealing/commune_keys.py": "tests/unit/storage/objects/sealing/test_store.py",
    "storage/objects/sealing/data_keys.py": "tests/unit/storage/objects/sealing/test_store.py",
    "storage/objects/sealing/faults.py": "tests/unit/storage/objects/sealing/test_store.py",
    "storage/objects/sealing/scope.py": "tests/unit/storage/objects/sealing/test_store.py",
    "storage/objects/whole.py": "tests/unit/storage/lifecycle/test_departure.py",
    "control_room/db/access_requests.py": "tests/unit/control_room/evidence/test_access_requests.py",
    "control_room/db/requisitions.py": "tests/unit/control_room/evidence/test_enter_requisition.py",
    "control_room/evidence/cancel_export.py": "tests/unit/control_room/evidence/test_decide_requisition.py",
    "control_room/evidence/clerk.py": "tests/unit/control_room/evidence/test_preserve.py",
    "control_room/evidence/export_orders.py": "tests/unit/control_room/evidence/test_order_export.py",
    "control_room/evidence/requisitions.py": "tests/unit/control_room/evidence/test_enter_requisition.py",
    "control_room/http/desk_views.py": "tests/unit/control_room/http/test_matrix.py",
    "control_room/http/routes/access_requests.py": "tests/unit/control_room/http/test_matrix.py",
    "control_room/http/routes/requisitions.py": "tests/unit/control_room/http/test_matrix.py",
    "control_room/http/schemas/access_requests.py": "tests/unit/control_room/http/test_fuzz.py",
    "control_room/http/schemas/desk.py": "tests/unit/control_room/http/test_fuzz.py",
    "control_room/model/access_requests.py": "tests/unit/control_room/evidence/test_access_requests.py",
    "storage/http/desk.py": "tests/unit/storage/http/test_fuzz.py",
    "control_room/db/destructions.py": "tests/unit/control_room/evidence/test_destructions.py",
    "control_room/db/ledger.py": "tests/contract/test_ledger.py",
    "control_room/evidence/hear_ledger.py": "tests/contract/test_ledger.py",
    "control_room/evidence/prove_destruction.py": "tests/unit/control_room/evidence/test_destructions.py",
    "control_room/http/register_views.py": "tests/unit/control_room/evidence/test_destructions.py",
    "control_room/http/routes/destructions.py": "tests/unit/control_room/http/test_matrix.py",
    "control_room/http/schemas/destructions.py": "tests/unit/control_room/http/test_fuzz.py",
    "shared/evidence/destruction_proof.py": "tests/unit/shared/evidence/test_gone.py",
    "shared/evidence/ledger.py": "tests/unit/shared/evidence/test_gone.py",
    "storage/index/entries.py": "tests/unit/storage/lifecycle/test_ledger.py",
    "storage/index/ledger.py": "tests/unit/storage/lifecycle/test_ledger.py",
    "storage/index/ledger_proofs.py": "tests/unit/storage/lifecycle/test_ledger.py",
    "storage/index/ledger_trees.py": "tests/unit/storage/lifecycle/test_ledger.py",
    "storage/lifecycle/ledger_notes.py": "tests/unit/storage/lifecycle/test_ledger.py",
    "storage/lifecycle/ledger_restore.py": "tests/unit/storage/lifecycle/test_ledger.py",
    "storage/lifecycle/proofs.py": "tests/unit/storage/lifecycle/test_ledger.py",
    "control_room/http/routes/cameras.py": "tests/unit/control_room/http/test_matrix.py",
    "control_room/http/routes/communes.py": "tests/unit/control_room/http/test_matrix.py",
    "control_room/http/routes/exports.py": "tests/unit/control_room/http/test_matrix.py",
    "control_room/http/routes/holds.py": "tests/unit/control_room/http/test_matrix.py",
    "control_room/http/routes/images.py": "tests/unit/control_room/http/test_matrix.py",
    "control_room/http/routes/journal.py": "tests/unit/control_room/http/test_matrix.py",
    "control_room/http/routes/machines.py": "tests/unit/control_room/http/test_matrix.py",
    "control_room/http/routes/people.py": "tests/unit/control_room/http/test_matrix.py",
    "control_room/http/routes/session.py": "tests/unit/control_room/http/test_matrix.py",
    "control_room/http/routes/storage.py": "tests/unit/control_room/http/test_matrix.py",
    "control_room/http/routes/viewers.py": "tests/unit/control_room/http/test_matrix.py",
    "control_room/http/routes/wall.py": "tests/unit/control_room/http/test_matrix.py",
    "control_room/http/schemas/masks.py": "tests/unit/control_room/http/test_fuzz.py",
    "control_room/http/schemas/images.py": "tests/unit/control_room/http/test_fuzz.py",
    "control_room/http/schemas/people.py": "tests/unit/control_room/http/test_fuzz.py",
    "control_room/http/schemas/storage.py": "tests/unit/control_room/http/test_fuzz.py",
    "control_room/http/schemas/territory.py": "tests/unit/control_room/http/test_fuzz.py",
    "control_room/http/schemas/viewers.py": "tests/unit/control_room/http/test_fuzz.py",
    "ingest/fake_opener.py": "tests/integration/ingest/test_opener_contract.py",
    "ingest/ffmpeg/opener.py": "tests/integration/ingest/test_av_client.py",
    "ingest/ffmpeg/relay.py": "tests/integration/ingest/test_av_client.py",
    "ingest/onvif/device.py": "tests/unit/ingest/onvif/test_cards.py",
    "ingest/onvif/refused.py": "tests/unit/ingest/onvif/test_cards.py",
    "ingest/onvif/replay.py": "tests/unit/ingest/onvif/test_cards.py",
    "storage/edge/card_writer.py": "tests/unit/storage/edge/test_card_source.py",
    "storage/edge/compose_cards.py": "tests/integration/storage/test_card.py",
    "ingest/rtsp/depacketise_h264.py": "tests/unit/ingest/rtsp/test_depacketise.py",
    "ingest/rtsp/depacketise_mpeg4.py": "tests/unit/ingest/rtsp/test_depacketise.py",
    "ingest/rtsp/depacketise_nal.py": "tests/unit/ingest/rtsp/test_depacketise.py",
    "ingest/rtsp/depacketisers.py": "tests/unit/ingest/rtsp/test_depacketise_h265_rare.py",
    "ingest/rtsp/dialogue.py": "tests/integration/ingest/test_zoo_talk.py",
    "ingest/rtsp/jpeg_headers.py": "tests/unit/ingest/rtsp/test_depacketise_jpeg_extension.py",
    "ingest/rtsp/opener.py": "tests/integration/ingest/test_opener_contract.py",
    "ingest/rtsp/session.py": "tests/integration/ingest/test_rtsp_client.py",
    "ingest/rtsp/source.py": "tests/integration/ingest/test_rtsp_client.py",
    "ingest/rtsp/udp.py": "tests/integration/ingest/test_zoo_udp.py",
    "ingest/service.py": "tests/integration/ingest/test_worker.py",
    "ingest/simulator/camera.py": "tests/integration/ingest/test_simulator.py",
    "ingest/simulator/description.py": "tests/integration/ingest/test_zoo_coding.py",
    "ingest/simulator/line.py": "tests/integration/ingest/test_simulator.py",
    "ingest/simulator/manners.py": "tests/integration/ingest/test_zoo_talk.py",
    "ingest/simulator/media_faults.py": "tests/integration/ingest/test_zoo_media.py",
    "ingest/simulator/media.py": "tests/unit/ingest/simulator/test_encoder.py",
    "ingest/simulator/rewriting.py": "tests/unit/ingest/rtsp/test_depacketise_h265_rare.py",
    "ingest/simulator/server.py": "tests/integration/ingest/test_simulator.py",
    "ingest/simulator/session.py": "tests/integration/ingest/test_simulator.py",
    "ingest/simulator/udp.py": "tests/integration/ingest/test_zoo_udp.py",
    "mux/service.py": "tests/integration/mux/test_process.py",
    "storage/fmp4/entry.py": "tests/unit/storage/fmp4/test_description.py",
    "storage/recording/pending.py": "tests/unit/storage/recording/test_core.py",
    "storage/recording/sealing.py": "tests/unit/storage/recording/test_spool.py",
    "storage/recording/standing.py": "tests/unit/storage/recording/test_stream_recording.py",
    "storage/lifecycle/archive.py": "tests/unit/storage/test_commands.py",
    "storage/lifecycle/destruction.py": "tests/unit/storage/lifecycle/test_life_of_evidence.py",
    "storage/service.py": "tests/integration/storage/test_service.py",
    "mux/openapi.py": "tests/unit/mux/whep/test_fuzz.py",
    "mux/whep/document.py": "tests/unit/mux/whep/test_fuzz.py",
    "shared/bus.py": "tests/contract/test_bus.py",
    "shared/redis_bus.py": "tests/contract/test_bus.py",
    "shared/transcoder/decoder.py": "tests/unit/shared/transcoder/test_work.py",
    "shared/transcoder/drawing.py": "tests/unit/shared/transcoder/test_fitting.py",
    "shared/transcoder/encoder.py": "tests/unit/shared/transcoder/test_work.py",
    "shared/transcoding/process.py": "tests/integration/mux/test_transcoder.py",
    "shared/evidence/folder_files.py": "tests/unit/shared/evidence/test_verify.py",
    "shared/redaction.py": "tests/unit/shared/test_masks.py",
    "shared/transcoder/follower.py": "tests/unit/storage/playback/test_following.py",
    "shared/transcoder/following.py": "tests/unit/storage/playback/test_following.py",
    "shared/transcoder/masking.py": "tests/unit/storage/exports/test_redaction.py",
    "shared/transcoder/redactor.py": "tests/unit/storage/exports/test_redaction.py",
    "storage/exports/original.py": "tests/unit/storage/exports/test_redaction.py",
    "storage/exports/redacted_copy.py": "tests/unit/storage/exports/test_redaction.py",
    "storage/exports/redactor_process.py": "tests/unit/storage/exports/test_redaction.py",
    "storage/http/following.py": "tests/unit/storage/playback/test_following.py",
    "storage/exports/documents.py": "tests/unit/storage/exports/test_package.py",
    "storage/fmp4/film_index.py": "tests/unit/storage/exports/test_film.py",
    "storage/exports/compose.py": "tests/integration/storage/test_service.py",
    "storage/http/compose.py": "tests/integration/storage/test_service.py",
    "storage/folders.py": "tests/integration/storage/test_service.py",
    "storage/recording/spool_folders.py": "tests/unit/storage/sharing/test_adoption.py",
    "storage/sharing/claims.py": "tests/unit/storage/sharing/test_sharing.py",
    "storage/sharing/compose.py": "tests/unit/storage/sharing/test_sharing.py",
    "storage/lifecycle/compose.py": "tests/integration/storage/test_service.py",
    "storage/playback/compose.py": "tests/integration/storage/test_service.py",
    "storage/recording/compose.py": "tests/integration/storage/test_service.py",
    "storage/index/locks.py": "tests/unit/storage/lifecycle/test_locks.py",
    "storage/objects/s3_abilities.py": "tests/unit/deploy/test_doctor.py",
    "storage/objects/s3_notes.py": "tests/contract/test_object_store.py",
    "storage/objects/s3_upload.py": "tests/unit/storage/objects/test_s3.py",
    "storage/objects/s3_versions.py": "tests/unit/storage/objects/test_s3.py",
    "storage/objects/store.py": "tests/contract/test_object_store.py",
    "storage/objects/walk.py": "tests/contract/test_object_store.py",
    "storage/openapi.py": "tests/unit/storage/http/test_fuzz.py",
}
"""Modules that show what they do only with others or over a socket, each with the test that holds it."""


def modules() -> list[str]:
    """Every module of the packages, by its path, but for those that begin a package or a program, and for
    migrations, which are tried together on old databases."""
    found = (file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
    paths = (file.relative_to(ROOT) for file in found if not file.name.startswith("__"))
    return sorted(str(path) for path in paths if not {"node_modules", "migrations"} & set(path.parts))


def unnamed(paths: Iterable[str], tests: frozenset[str]) -> list[str]:
    """The modules no test is named after. A test is its module's whose name is the longest it begins with."""
    known = set(paths)
    named: set[str] = set()
    for test in tests:
        folder, _, name = test.removeprefix("tests/unit/").rpartition("/")
        words = name.removesuffix(".py").removeprefix("test_").split("_")
        stems = ("_".join(words[:count]) for count in range(len(words), 0, -1))
        module = next((path for stem in stems if (path := f"{folder}/{stem}.py") in known), None)
        if module is not None:
            named.add(module)
    return sorted(known - named)


def unit_tests() -> frozenset[str]:
    found = (ROOT / "tests" / "unit").rglob("test_*.py")
    return frozenset(str(file.relative_to(ROOT)) for file in found)


def test_every_module_has_a_test_of_its_name_or_a_reason_not_to() -> None:
    excepted = {*NOTHING_TO_TEST, *ELSEWHERE}
    assert [path for path in unnamed(modules(), unit_tests()) if path not in excepted] == []


def test_no_exception_is_one_in_vain() -> None:
    excepted = [*NOTHING_TO_TEST, *ELSEWHERE]
    assert len(excepted) == len(set(excepted))
    needed = unnamed(modules(), unit_tests())
    assert [path for path in excepted if path not in needed] == []


def test_a_test_elsewhere_is_there() -> None:
    assert [test for test in ELSEWHERE.values() if not (ROOT / test).is_file()] == []


def test_a_longer_name_takes_its_test_from_a_shorter_one() -> None:
    paths = ["a/nal.py", "a/nal_names.py", "b/nal.py"]
    tests = frozenset({"tests/unit/a/test_nal_names.py", "tests/unit/b/test_nal_cut_units.py"})
    assert unnamed(paths, tests) == ["a/nal.py"]
