/** Short answers of the protocol. Gdb shows an error's number; these are those of errno. */

export const OK = 'OK';
/** I do not know that packet. */
export const UNKNOWN = '';
export const BAD_ADDRESS = 'E0e';
export const BAD_REQUEST = 'E16';
