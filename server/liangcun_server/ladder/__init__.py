"""The ladder 村自评 → 乡镇复核 → 县考核 → 市 → 省: each level submitted, returned, accepted and locked."""
