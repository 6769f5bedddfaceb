/** The folders of a PATH without the relative ones: nothing is found in the working folder, which another user may own. */
export function absoluteFolders(path = ""): readonly string[] {
  return path.split(":").filter((folder) => folder.startsWith("/"));
}
