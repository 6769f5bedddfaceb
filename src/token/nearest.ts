import { distance } from "fastest-levenshtein";

/** The known word that is most similar to an unknown one; undefined if none is similar enough. */
export function nearestOf(unknown: string, known: readonly string[]): string | undefined {
  // A long text is not a misspelt word, and the time for the distance grows with its length.
  if (unknown.length > 64) return undefined;
  const bare = (word: string) => word.toLowerCase().replace(/[^a-z0-9]/g, "");
  const wanted = bare(unknown);
  const [best] = known
    .map((word) => ({ word, away: distance(wanted, bare(word)) }))
    .sort((a, b) => a.away - b.away);
  return best && best.away <= Math.max(wanted.length, best.word.length) / 3 ? best.word : undefined;
}
