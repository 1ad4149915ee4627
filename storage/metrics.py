"""What storage counts."""

from shared import metrics


class RecorderMetrics:
    """Of recording. Built once a process."""

    def __init__(self) -> None:
        self.fragments = metrics.counter("storage_fragments_total", "Fragments written to the spool")
        self.lost = metrics.counter(
            "storage_units_lost_total",
            "Units not recorded: lost on the tap, waiting for a key unit, unusable, or the disk too slow",
            ["why"],
        )
        self.failures = metrics.counter("storage_write_failures_total", "Segments that the disk cut short")
        self.late = metrics.counter(
            "storage_fragments_late_total", "Fragments that waited over a second for the disk"
        )
        self.unsynced_s = metrics.gauge(
            "storage_unsynced_seconds", "How long ago the oldest was written that a power cut would take"
        )
        self.sync_failures = metrics.counter(
            "storage_sync_failures_total", "Times that the disk did not make recordings survive a power cut"
        )
        self.recordings = metrics.gauge("storage_recordings", "Streams by state of recording", ["status"])
        self.waiting_bytes = metrics.gauge("storage_write_queue_bytes", "Bytes waiting for the disk")


class LifeMetrics:
    """Of the life of segments."""

    def __init__(self) -> None:
        self.segments = metrics.gauge("storage_segments", "Segments in the index", ["state"])
        self.bytes = metrics.gauge("storage_bytes", "Bytes of segments in the index", ["state"])
        self.finished = metrics.counter("storage_segments_stored_total", "Segments put in the object store")
        self.finish_failures = metrics.counter(
            "storage_finish_failures_total", "Segments that could not be stored and are tried again"
        )
        self.spooled = metrics.gauge("storage_spooled_segments", "Closed segments waiting in the spool")
        self.disk_free = metrics.gauge("storage_disk_free_bytes", "Free bytes by folder", ["folder"])


class SharingMetrics:
    """Of the processes that share an index."""

    def __init__(self) -> None:
        self.processes = metrics.gauge(
            "storage_processes", "Living processes that share the index, this one too"
        )
        self.streams = metrics.gauge("storage_leased_streams", "Streams that this process holds")
        self.leads = metrics.gauge("storage_leads", "1 while this process does what only one may do")
        self.taken = metrics.counter("storage_leases_taken_total", "Leases taken, from whomever")
        self.lost = metrics.counter("storage_leases_lost_total", "Leases that are held no more")
        self.adopted = metrics.counter(
            "storage_adopted_segments_total", "Files taken over from the spool of a process that died"
        )
        self.held_back = metrics.gauge(
            "storage_held_back_bytes",
            "Units that wait until this process knows whether it still holds a stream",
        )


class RetentionMetrics:
    """Of destruction."""

    def __init__(self) -> None:
        self.destroyed = metrics.counter("storage_segments_destroyed_total", "Segments destroyed on time")
        self.missing = metrics.counter(
            "storage_objects_missing_total", "Segments to destroy whose object was not there"
        )
        self.refused = metrics.gauge("storage_retention_refused", "1 while destruction is refused")
        self.left = metrics.gauge(
            "storage_retention_left",
            "Rows that the last run left to the next, counted up to 10000 of each cause",
            ["work"],
        )
        self.overdue_s = metrics.gauge(
            "storage_oldest_overdue_seconds",
            "How long ago the oldest segment or copy of one should have been destroyed",
        )
        self.last_run_s = metrics.gauge(
            "storage_retention_last_run_seconds", "UTC seconds of the last completed run of retention"
        )


class WaitingMetrics:
    """Of what waits in the spool for the object store."""

    def __init__(self) -> None:
        self.bytes = metrics.gauge("storage_waiting_bytes", "Bytes closed and not in the object store")
        self.age_s = metrics.gauge("storage_waiting_age_seconds", "Since the capture of the oldest of them")
        self.given_up = metrics.counter(
            "storage_given_up_total", "Recordings removed from the spool because too many waited"
        )
        self.ended = metrics.counter(
            "storage_waiting_destroyed_total", "Recordings destroyed on time while the object store was away"
        )


class LockMetrics:
    """Of locks of the store itself."""

    def __init__(self) -> None:
        self.locked = metrics.counter("storage_locked_total", "Objects locked because a hold keeps them")
        self.unlocked = metrics.counter("storage_unlocked_total", "Objects unlocked, held no more")


class QuarantineMetrics:
    """Of what cannot be read in the spool."""

    def __init__(self) -> None:
        self.taken = metrics.counter(
            "storage_set_aside_total", "Files of the spool, or ends of them, set aside because unreadable"
        )
        self.left = metrics.counter(
            "storage_set_aside_left_total", "Unreadable files left in the spool for want of room"
        )
        self.files = metrics.gauge("storage_set_aside_files", "Unreadable files set aside")
        self.bytes = metrics.gauge("storage_set_aside_bytes", "Bytes of unreadable files set aside")


class HoldMetrics:
    """Of holds, as control_room and storage know them."""

    def __init__(self) -> None:
        self.active = metrics.gauge("storage_holds_active", "Holds that control_room knows, by stream")
        self.foreign = metrics.gauge(
            "storage_holds_unknown", "Holds kept here that control_room does not know"
        )
        self.held_bytes = metrics.gauge("storage_held_bytes", "Bytes of recordings that holds keep")
        self.held_share = metrics.gauge(
            "storage_held_share", "Held bytes over what recordings may fill, from 0 to 1"
        )
        self.replaced = metrics.counter(
            "storage_holds_placed_from_list_total", "Holds of control_room's that were missing here"
        )


class LedgerMetrics:
    """Of the register of captures and destructions."""

    def __init__(self) -> None:
        self.waiting = metrics.gauge(
            "storage_ledger_entries_waiting", "Captures and destructions that no signed head has"
        )
        self.untold = metrics.gauge(
            "storage_ledger_heads_untold", "Signed heads that control_room does not keep"
        )
        self.sealed_s = metrics.gauge("storage_ledger_sealed_seconds", "UTC seconds of the newest head")


class FetchMetrics:
    """Of footage fetched from edge recorders."""

    def __init__(self) -> None:
        self.edges = metrics.gauge("storage_edges", "Edge recorders heard since the start")
        self.wanted_s = metrics.gauge(
            "storage_edge_missing_seconds", "Footage found to be at the edge only, so far", ["commune"]
        )
        self.received = metrics.counter("storage_edge_received_total", "Segments received from edges")
        self.received_bytes = metrics.counter(
            "storage_edge_received_bytes_total", "Bytes received from edges"
        )
        self.refused = metrics.counter("storage_edge_refused_total", "Segments of edges refused", ["why"])
        self.uploads = metrics.gauge("storage_edge_uploads", "Uploads of edges under way")


class EdgeMetrics:
    """Of an edge recorder."""

    def __init__(self) -> None:
        self.sent = metrics.counter("storage_edge_sent_total", "Segments sent to the centre")
        self.sent_bytes = metrics.counter("storage_edge_sent_bytes_total", "Bytes sent to the centre")
        self.refused = metrics.counter("storage_edge_sent_refused_total", "Segments that the centre refused")
        self.untold = metrics.gauge("storage_edge_ranges_untold", "Ranges that found no room in a report")
        self.dropped = metrics.counter(
            "storage_edge_dropped_total", "Recordings given up because the edge was full", ["why"]
        )
        self.bytes = metrics.gauge("storage_edge_kept_bytes", "Bytes of recordings kept at the edge")


class ScrubMetrics:
    """Of the slow look at everything that is stored."""

    def __init__(self) -> None:
        self.faults = metrics.gauge("storage_scrub_faults", "What the last lap found", ["fault"])
        self.age_s = metrics.gauge(
            "storage_scrub_age_seconds", "Since the last whole lap, or the start before the first", ["walk"]
        )


class ReadMetrics:
    """Of playback and exports."""

    def __init__(self) -> None:
        self.served_bytes = metrics.counter("storage_served_bytes_total", "Bytes of playback served")
        self.cut_off = metrics.counter(
            "storage_answers_cut_off_total", "Playbacks and downloads cut off because their right ended"
        )
        self.confirmed = metrics.gauge(
            "storage_rights_confirmed", "1 while control_room confirms who may see what"
        )
        self.transcoded = metrics.counter(
            "storage_playbacks_transcoded_total", "Windows of playback transcoded for a browser"
        )
        self.refused = metrics.counter(
            "storage_playbacks_refused_total", "Windows that found no place among those being transcoded"
        )
        self.thumbnails = metrics.counter("storage_thumbnails_total", "Thumbnails made of recordings")
        self.thumbnail_bytes = metrics.gauge(
            "storage_thumbnails_kept_bytes", "Thumbnails kept in memory until their recordings go"
        )
        self.thumbnails_refused = metrics.counter(
            "storage_thumbnails_refused_total", "Thumbnails refused because too many were asked for"
        )
        self.exports = metrics.counter("storage_exports_total", "Exports ended", ["status"])


class CardMetrics:
    """Of cameras' cards, at an edge."""

    def __init__(self) -> None:
        self.segments = metrics.counter("storage_card_segments_total", "Segments written from cameras' cards")
        self.failures = metrics.counter("storage_card_failures_total", "Minutes that cards did not give")
