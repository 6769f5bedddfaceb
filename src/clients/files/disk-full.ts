/** Whether a system's error code says that a disk, or this user's share of it, is full. */
export const isDiskFull = (code: string | undefined): boolean => code === "ENOSPC" || code === "EDQUOT";
