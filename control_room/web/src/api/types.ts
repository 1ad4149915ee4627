/** Short names for what the API speaks of. */
import type { components } from "../api.gen";

type Schemas = components["schemas"];
export type Person = Schemas["PersonView"];
export type Kind = Schemas["Role"];
export type Session = Schemas["SessionView"];
export type Commune = Schemas["CommuneView"];
export type Camera = Schemas["CameraView"];
export type StreamState = Schemas["StateView"];
export type CameraStatus = Schemas["CameraStatus"];
export type RecordingStatus = Schemas["RecordingStatus"];
export type NewCamera = Schemas["NewCamera"];
export type CameraChange = Schemas["CameraChange"];
export type Authorisation = Schemas["AuthorisationBody"];
export type Worker = Schemas["WorkerView"];
export type WorkerCreated = Schemas["WorkerCreated"];
export type Viewers = Schemas["Viewers"];
export type Viewer = Schemas["ViewerView"];
export type ViewerTile = Schemas["ViewerTile"];
export type Mux = Schemas["MuxView"];
export type Export = Schemas["ExportView"];
export type Hold = Schemas["HoldView"];
export type Storage = Schemas["StorageView"];
export type JournalEntry = Schemas["JournalEntryView"];
export type PlaybackTicket = Schemas["PlaybackTicket"];
export type WallTicket = Schemas["WallTicket"];
