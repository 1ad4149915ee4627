/** The cameras and communes the person may see, for all views. */
import { useQuery } from "@tanstack/react-query";
import { createContext, useContext, useMemo, type ReactNode } from "react";
import { camerasQuery, communesQuery } from "./queries";
import type { Camera, Commune } from "./types";

interface Territory {
  /** Undefined before the first answer. */
  cameras: Camera[] | undefined;
  communes: Commune[] | undefined;
  byId: ReadonlyMap<string, Camera>;
  communeName: (code: string) => string;
}

const TerritoryContext = createContext<Territory | null>(null);

export function TerritoryProvider({ children }: { children: ReactNode }) {
  const { data: cameras } = useQuery(camerasQuery);
  const { data: communes } = useQuery(communesQuery);
  const value = useMemo(() => {
    const names = new Map(communes?.map((commune) => [commune.code, commune.name]));
    return {
      cameras,
      communes,
      byId: new Map(cameras?.map((camera) => [camera.id, camera])),
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
