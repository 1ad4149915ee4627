/** The cameras and communes the person may see, polled once for all views. */
import { createContext, useContext, useMemo, type ReactNode } from "react";
import { api, everyPage } from "./client";
import { usePoll, type Polled } from "./poll";
import type { Camera, Commune } from "./types";

const CAMERAS_MS = 2000;
const COMMUNES_MS = 30_000;
const PAGE = 200;

interface Territory {
  cameras: Polled<Camera[]>;
  communes: Polled<Commune[]>;
  byId: ReadonlyMap<string, Camera>;
  communeName: (code: string) => string;
}

const TerritoryContext = createContext<Territory | null>(null);

const loadCameras = () =>
  everyPage((cursor) => api.GET("/api/v1/cameras", { params: { query: { cursor, limit: PAGE } } }));
const loadCommunes = () =>
  everyPage((cursor) => api.GET("/api/v1/communes", { params: { query: { cursor, limit: PAGE } } }));

export function TerritoryProvider({ children }: { children: ReactNode }) {
  const cameras = usePoll(loadCameras, CAMERAS_MS);
  const communes = usePoll(loadCommunes, COMMUNES_MS);
  const value = useMemo(() => {
    const names = new Map(communes.data?.map((commune) => [commune.code, commune.name]));
    return {
      cameras,
      communes,
      byId: new Map(cameras.data?.map((camera) => [camera.id, camera])),
      communeName: (code: string) => names.get(code) ?? code,
    };
  }, [cameras, communes]);
  return <TerritoryContext value={value}>{children}</TerritoryContext>;
}

export function useTerritory(): Territory {
  const value = useContext(TerritoryContext);
  if (value === null) throw new Error("useTerritory outside TerritoryProvider");
  return value;
}
