"""The guards of the sharing: module, what stands there, what instead, and which test must notice it."""

from engine.ledger.file import concurrent_access, conflicts, differences, owner_files, swap, workbook_file

HISTORY = "a history of staff and scheduler"
MUTANTS = [
    # the last look before the swap
    (
        workbook_file,
        "not same_file(disk, book, seen) or ",
        "",
        "test_sharing::test_somebody_who_saves_meanwhile_stops_the_swap",
    ),
    (
        workbook_file,
        " or self._holder() is not None:",
        ":",
        "test_sharing::test_somebody_who_opens_it_meanwhile_stops_the_swap",
    ),
    (workbook_file, "if holder is None:", "if True:", "test_sharing::test_never_while_an_owner_file_stands"),
    (
        concurrent_access,
        "!= (seen.size, seen.modified_ns)",
        "!= (status.st_size, status.st_mtime_ns)",
        "test_sharing::test_a_save_is_noticed_by_size_by_time_and_by_the_central_directory",
    ),
    (
        concurrent_access,
        "_directory(stream, status.st_size) == seen.directory",
        "True",
        "test_sharing::test_a_save_is_noticed_by_size_by_time_and_by_the_central_directory",
    ),
    # the content before the name
    (workbook_file, "self._disk.sync(stream)", "pass", HISTORY),
    (
        swap,
        "disk.sync_folder(book.parent)",
        "pass",
        "test_sharing::test_the_content_is_on_the_medium_before_it_has_a_name_and_the_names_are_before_it_counts",
    ),
    (workbook_file, "self._disk.keep_access(original, self.path, stream)", "pass", "test_sharing::test_one_write"),
    (differences, "disk.sync(stream)", "pass", "test_sharing_differences::test_it_is_whole_at_every_moment"),
    # what was displaced is judged
    (
        swap,
        "if content == read and",
        "if",
        "test_swap::test_a_save_between_the_last_check_and_the_swap_stands_again",
    ),
    (swap, "if content == read and", "if", HISTORY),
    (swap, "if taken == expected:", "if True:", "test_swap::test_a_second_save_while_the_first_is_given_back_stands"),
    (
        swap,
        "if present == ours and not",
        "if not",
        "test_swap::test_what_a_crash_leaves_is_settled_at_the_next_start",
    ),
    (
        swap,
        "if present == ours and not self.around.is_open():",
        "if present == ours:",
        "test_swap::test_nothing_is_given_back_under_an_owner_file",
    ),
    (swap, "self._store_conflict(left, is_ours=present == ours)", "pass", HISTORY),
    (
        swap,
        "self._store_conflict(aside, is_ours=False)",
        "pass",
        "test_swap::test_a_second_save_while_the_first_is_given_back_stands",
    ),
    (
        conflicts,
        "if any(read(disk, one.copy) == content for one in standing(disk, book)):",
        "if False:",
        "test_conflicts::test_a_save_is_kept_once_however_often_it_is_judged",
    ),
    (
        conflicts,
        "elif now - one.at >= VIGIL and may_remove:",
        "else:",
        "test_conflicts::test_a_copy_stays_for_a_day_after_its_edits_are_seen_and_while_the_book_is_open",
    ),
    (
        conflicts,
        ">= VIGIL",
        "> VIGIL",
        "test_conflicts::test_a_copy_stays_for_a_day_after_its_edits_are_seen_and_while_the_book_is_open",
    ),
    (
        conflicts,
        " and may_remove",
        "",
        "test_conflicts::test_a_copy_stays_for_a_day_after_its_edits_are_seen_and_while_the_book_is_open",
    ),
    (swap, "if content == ours:", "if False:", "test_swap::test_what_a_crash_leaves_is_settled_at_the_next_start"),
    (swap, "elif present is None:", "elif False:", "test_swap::test_what_a_crash_leaves_is_settled_at_the_next_start"),
    (swap, "for wait in _WAITS:", "for wait in ():", "test_swap::test_a_book_that_is_absent_for_a_save_is_waited_for"),
    (
        swap,
        "disk.rename(new, book)",
        "disk.overwrite(new, book)",
        "test_swap::test_a_save_that_lands_while_the_book_is_put_aside_is_not_replaced",
    ),
    (
        workbook_file,
        "if not stands:",
        "if False:",
        "test_sharing::test_a_save_exactly_between_the_last_check_and_the_swap_stands",
    ),
    (
        workbook_file,
        "swap.replace_book(disk, book, new, ours, self._settling(source))",
        "not disk.overwrite(new, book)",
        HISTORY,
    ),
    (
        swap,
        "if file_hash(disk, book) == ours and not",
        "if False and not",
        "test_sharing::test_a_fault_after_the_swap_is_no_refusal",
    ),
    (
        swap,
        " and not _displaces_a_save(disk, new)",
        "",
        "test_conflicts::test_a_copy_that_cannot_be_kept_leaves_the_save_where_it_is",
    ),
    # nothing is left behind
    (
        swap,
        'elif name.endswith(".part"):',
        "elif False:",
        "test_sharing_pending::test_leftovers_of_a_dead_process_go_at_the_start_and_other_files_stay",
    ),
    (
        swap,
        "if name.startswith(prefix(self.book))",
        'if name.startswith(".~duban-")',
        "test_swap::test_only_files_of_ours_for_this_book_are_removed",
    ),
    (
        workbook_file,
        "notices = self._settle()",
        "notices = ()",
        "test_sharing_pending::test_every_write_clears_up_first",
    ),
    (
        workbook_file,
        "if not whole:",
        "if False:",
        "test_sharing_pending::test_a_fault_of_the_patch_leaves_nothing_behind",
    ),
    (workbook_file, "if not patched.parts:", "if False:", "test_sharing::test_nothing_to_write_touches_nothing"),
    (
        workbook_file,
        "backups.prune(disk, book, self._backup_count)",
        "pass",
        "test_sharing_backups::test_the_count_of_backups_is_kept",
    ),
    (
        workbook_file,
        "differences.withdraw(self._disk, self.path)",
        "pass",
        "test_sharing_differences::test_while_the_book_is_open_the_rows_stand_beside_it_and_go_once_they_are_in",
    ),
    # reading beside a save
    (
        concurrent_access,
        "_WAITS = (0.1, 0.2, 0.4, 0.8, 1.5, 3.0)",
        "_WAITS = ()",
        "test_sharing::test_a_book_that_is_absent_while_excel_saves_is_waited_for",
    ),
    (
        concurrent_access,
        "(size, after.st_mtime_ns, after.st_ino)",
        "(before.st_size, before.st_mtime_ns, before.st_ino)",
        "test_sharing::test_a_book_that_changes_while_it_is_read_is_read_again",
    ),
    # owner files
    (
        owner_files,
        "if held is False:",
        "if False:",
        "test_sharing_owner_files::test_an_owner_file_is_a_hint_that_an_exclusive_open_settles",
    ),
    (
        owner_files,
        '_UNPRINTABLE.sub(" ", name)',
        "name",
        "test_sharing_owner_files::test_a_broken_or_hostile_owner_file_still_counts",
    ),
    (
        concurrent_access,
        "> LONG_OPEN",
        ">= LONG_OPEN",
        "test_sharing_owner_files::test_a_book_open_for_over_two_hours_is_reported_by_name",
    ),
    (
        concurrent_access,
        ">= CLOSE_OF_OFFICE",
        "> CLOSE_OF_OFFICE",
        "test_sharing_owner_files::test_a_book_open_at_six_is_reported",
    ),
    # when a new file is worth it
    (
        concurrent_access,
        "now - last_written < LEAST_INTERVAL",
        "now - last_written <= LEAST_INTERVAL",
        "test_sharing_backups::test_worth_writing",
    ),
    (concurrent_access, "last_written > now", "False", "test_sharing_backups::test_worth_writing"),
    (concurrent_access, "if now < eight:", "if now <= eight:", "test_sharing_backups::test_worth_writing"),
    (concurrent_access, "last_written < eight", "last_written <= eight", "test_sharing_backups::test_worth_writing"),
    (concurrent_access, "if rows or any(", "if any(", "test_sharing_backups::test_worth_writing"),
    # what cannot be had is said
    (
        concurrent_access,
        "if (before.st_size, before.st_mtime_ns, before.st_ino) != (size, after.st_mtime_ns, after.st_ino):",
        "if False:",
        "test_sharing::test_a_book_that_never_settles_is_busy",
    ),
    (
        workbook_file,
        "buffer, self._sleep)\n        except OSError as problem:",
        "buffer, self._sleep)\n        except () as problem:",
        "test_sharing::test_what_may_not_be_read_is_told_in_words",
    ),
    (
        workbook_file,
        "            return self._settle()\n        except OSError as problem:",
        "            return self._settle()\n        except () as problem:",
        "test_sharing::test_what_may_not_be_read_is_told_in_words",
    ),
    # the file beside the book
    (
        differences,
        "if not ledger_id or found.ledger_id != ledger_id:",
        "if False:",
        "test_sharing_differences::test_a_file_of_another_ledger_is_refused",
    ),
    (differences, "value.keys() != _MEMBERS or ", "", "test_sharing_differences::test_a_forged_file_is_refused"),
    (
        differences,
        'if _FULL_NUMBER.search(str(values.get("mobile", ""))):',
        "if False:",
        "test_sharing_differences::test_what_the_add_in_would_refuse_is_never_left",
    ),
    (
        differences,
        "row.sheet != MESSAGE_LOG.key or ",
        "",
        "test_sharing_differences::test_what_the_add_in_would_refuse_is_never_left",
    ),
    (
        differences,
        ' or row.key_field != "number"',
        "",
        "test_sharing_differences::test_what_the_add_in_would_refuse_is_never_left",
    ),
    (
        differences,
        "elif value is not None:",
        "elif False:",
        "test_sharing_differences::test_what_the_add_in_would_refuse_is_never_left",
    ),
    (differences, "if len(data) > LARGEST:", "if False:", "test_sharing_differences::test_a_forged_file_is_refused"),
    (differences, ' or value["format"] != FORMAT', "", "test_sharing_differences::test_a_forged_file_is_refused"),
    (differences, " or not isinstance(rows, list)", "", "test_sharing_differences::test_a_forged_file_is_refused"),
    (
        differences,
        'if not values.get("number"):',
        "if False:",
        "test_sharing_differences::test_a_forged_file_is_refused",
    ),
    (differences, " and not isinstance(value, bool)", "", "test_sharing_differences::test_a_forged_file_is_refused"),
    (differences, " and len(value) <= _LONGEST_TEXT", "", "test_sharing_differences::test_a_forged_file_is_refused"),
    (
        differences,
        "if moment.tzinfo is not None:",
        "if False:",
        "test_sharing_differences::test_a_forged_file_is_refused",
    ),
    (differences, "not ledger_id or ", "", "test_sharing_differences::test_a_book_without_identity_takes_no_file"),
]
