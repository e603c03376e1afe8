// callstore.h - all of callstore: Store, Call, CallView, Filter, ListQuery, Page, JSON.
#ifndef CALLSTORE_CALLSTORE_H_
#define CALLSTORE_CALLSTORE_H_

#include "callstore/aggregate.h"
#include "callstore/backup.h"
#include "callstore/call.h"
#include "callstore/call_view.h"
#include "callstore/erase.h"
#include "callstore/error.h"
#include "callstore/filter.h"
#include "callstore/json.h"
#include "callstore/list.h"
#include "callstore/repair.h"
#include "callstore/store.h"
#include "callstore/transcript_search.h"
#include "callstore/verify.h"
#include "callstore/work.h"

#endif  // CALLSTORE_CALLSTORE_H_
