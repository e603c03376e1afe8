// export.h - marks what the shared library exports; all else is hidden.
#ifndef CALLSTORE_EXPORT_H_
#define CALLSTORE_EXPORT_H_

#define CALLSTORE_EXPORT __attribute__((visibility("default")))

#endif  // CALLSTORE_EXPORT_H_
