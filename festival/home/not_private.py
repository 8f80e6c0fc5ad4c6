"""Every column that is not named in readers.py: what nobody is shown, copies, and what is harmless.

A test fails for a column that is in neither file, so whoever adds one says here or there who may
read it. Each line names a table and its columns.
"""

from collections.abc import Mapping

# Shown on no page, in no letter and in no file: hashes, keys and what machines say to each other.
SHOWN_TO_NOBODY: Mapping[str, str] = {
    "buyer_mailbox": "secret",
    "device": "token",
    "door_sale": "form_key",
    "ended_session": "session_hash",
    "feedback": "form_key form_digest",
    "hold": "secret network",
    "invitation_choice": "secret",
    "letter": "message_id lease unsubscribe_url",
    "order_comment": "form_key",
    "order_change": "void_secret void_pass_id",
    "voucher": "form_key",
    "orders": "form_key form_digest",
    "ticket_swap": "form_key",
    # Members read the names of their own passkeys, and nobody else does.
    "passkey": "credential_id public_key sign_count transports backup_state device_type extensions"
    " create_datetime lastuse_datetime name usage user_id",
    "payment": "form_key",
    "payment_attempt": "session_id intent_id url",
    "refund": "form_key",
    "sign_in_link": "secret_hash",
    "order_answer": "stored",
    "speaker_file": "stored",
    "stripe_event": "event_id session_id intent_id",
    "team_member": "totp_last_step fs_webauthn_user_handle mf_recovery_codes password"
    " us_phone_number username us_totp_secrets fs_uniquifier last_login_ip current_login_ip"
    " tf_totp_secret tf_phone_number",
    "ticket": "pass_id",
    "till_count": "form_key",
    "wrong_guess": "account_hash from_address",
}

# The words of private fields, kept for finding and sorting. Queries compare with them; no page
# prints them.
COPIES: Mapping[str, str] = {
    "audit_entry": "found_by",
    "bank_line": "payer_key found_by",
    "invoice": "customer_key found_by",
    "letter": "found_by",
    "mailing_recipient": "address",
    "orders": "name_key mailbox",
    "orders_word": "word row_id",
    "refund": "found_by",
    "ticket": "holder_key",
    "ticket_wait": "name_key found_by",
    "ticket_word": "word row_id order_id",
    "voucher": "code_key tag_key",
    "voucher_word": "word row_id",
}

# Public, or known to all who may open the page that shows it: ids and what they point at, moments,
# states, numbers, and the texts of what is published. What is not published yet stands in `draft`,
# or in a row that is not public.
HARMLESS: Mapping[str, str] = {
    "bank_line": "id booked_on amount_cents imported_at imported_by_id settled_at",
    "accepted_clash": "id edition_id key accepted_at",
    "audit_entry": "id at member_id verb",
    "availability": "id speaker_id",
    "block": "id code edition_id stage_id kind title_nl title_en starts_at ends_at is_public"
    " version",
    "booking": "id ticket_id slot_id booked_at cancelled_at kept_at",
    "books_end": "id name closed_until_on",
    "buyer_mailbox": "id asked_at confirmed_at",
    "closed_sums": "month edition_id charged_cents received_cents paid_back_cents vat_cents",
    "closed_month": "month closed_at closed_by_id",
    "device": "id first_seen_at",
    "door_sale": "id order_id device_id gate_id sold_on",
    "edition": "id slug is_current name_nl name_en theme_nl theme_en intro_nl intro_en starts_on"
    " ends_on timezone venue_name venue_address city route_nl route_en access_nl access_en"
    " house_rules_nl house_rules_en privacy_nl privacy_en organiser_name organiser_email"
    " organiser_address organiser_iban organiser_street organiser_postal_code organiser_city"
    " organiser_kvk organiser_vat_id invoices_always payment_days coaching_per_ticket"
    " booking_closes_minutes walk_minutes takes_feedback changes_until_on cancel_until_on"
    " cancel_free_until_on cancel_fee_cents cancel_fee_percent programme_version"
    " draft_version version called_off_at called_off_reason_nl called_off_reason_en",
    "edition_day": "id edition_id held_on",
    "ended_session": "ended_at",
    "feedback": "id session_id slot_id useful said_at",
    "gate": "id edition_id slug name is_practice position",
    "heartbeat": "name at failed",
    "invitation_choice": "id unsubscribed_at",
    "held_places": "hold_id pool_id number",
    "hold": "id edition_id ends_at extended",
    "invoice": "id edition_id kind number series year sequence credits_id subject_kind subject_id"
    " language event_name issued_at issued_on due_on supplied_on total_cents vat_cents paid_cents"
    " seller_name seller_email seller_street seller_postal_code seller_city seller_kvk"
    " seller_vat_id seller_iban customer_country",
    "invoice_counter": "id series year last",
    "invoice_file": "id invoice_id kind path sha256 made_at",
    "invoice_line": "id invoice_id position name quantity amount_cents vat_category vat_percent"
    " vat_reason vat_cents",
    "invoice_request": "order_id country requested_at",
    "invoiced_entry": "entry_id invoice_id",
    "ledger_entry": "id order_id kind name_nl name_en amount_cents vat_category vat_percent"
    " vat_reason vat_cents ticket_id reverses_id entered_at",
    "letter": "id language name state tries queued_at next_try_at handed_over_at"
    " sent_at problem_kind again_of_id",
    "letter_text": "id edition_id name language subject opening closing",
    "letter_subject": "letter_id kind row_id",
    "mailing": "id edition_id audience_id whom code kind criteria subject_nl subject_en"
    " body_nl body_en state made_at started_at ended_at counted next_turn_at version",
    "mailing_recipient": "mailing_id is_wrong written_at",
    "order_answer": "id question_id order_id ticket_id mimetype answered_at erased_at",
    "order_comment": "id order_id member_id written_at",
    "order_merge": "id order_id merged_id merged_at member_id",
    "order_change": "id order_id ticket_id kind changed_at maker member_id",
    "order_question": "id edition_id code about kind label_nl label_en purpose_nl purpose_en"
    " sensitivity is_required is_on is_for_all erase_on position version",
    "order_question_type": "question_id type_id",
    "orders": "id edition_id language total_cents placed_at due_at reminded_at confirmed_at"
    " lapsed_at cancelled_at placed_by_id",
    "partner": "id edition_id name kind_nl kind_en url position version",
    "passkey": "id",
    "payment": "id order_id entry_id method amount_cents received_at recorded_by_id bank_line_id",
    "payment_attempt": "id order_id number state amount_cents language excludes_slow begun_at"
    " expires_at method payment_id asked_at stuck_at",
    "pool": "id edition_id slug name capacity taken version",
    "question_option": "id question_id code label_nl label_en is_on",
    "question": "id edition_id question_nl question_en answer_nl answer_en position version",
    "refund": "id order_id payment_id entry_id method amount_cents state requested_at done_at"
    " requested_by_id dropped_at dropped_by_id",
    "release": "id edition_id number kind name_nl name_en note_nl note_en released_at changes"
    " programme",
    "role": "id name description permissions update_datetime",
    "roles_users": "user_id role_id",
    "scan": "id gate_id device_id ticket_id method outcome is_practice admitted_on scanned_at"
    " received_at member_id undone_at",
    "session": "id edition_id slug kind title_nl title_en summary_nl summary_en description_nl"
    " description_en bring_nl bring_en theme_id languages level min_age access no_access photo"
    " photo_alt_nl photo_alt_en is_free is_highlight takes_feedback minutes_before minutes_after"
    " is_public version",
    "session_speaker": "session_id speaker_id position role answered_at",
    "sign_in_link": "id member_id made_at expires_at used_at",
    "slot": "id code session_id stage_id starts_at ends_at places taken door_places is_public"
    " state delay_minutes is_full reason_nl reason_en replaced_by_id moved_from_stage_id"
    " moved_from_at leaves_note moved_at sequence changed_at version",
    "extra": "id edition_id slug name_nl name_en description_nl description_en day_id"
    " is_handed_out is_per_ticket price_cents vat_category vat_reason next_vat_category"
    " next_vat_reason next_vat_from_on capacity taken is_on position version",
    "ordered_extra": "id order_id ticket_id extra_id price_cents entry_id released_at"
    " handed_out_at handed_out_by_id handed_out_key",
    "solidarity_fund": "edition_id ticket_cents used",
    "speaker": "id edition_id slug name pronunciation organisation place bio_nl bio_en links photo"
    " photo_alt_nl photo_alt_en invited_at reminded_at unreached_at language is_public version",
    "speaker_file": "id speaker_id mimetype size uploaded_at",
    "small_business_year": "year",
    "stage": "id edition_id slug name_nl name_en floor_nl floor_en capacity is_step_free"
    " has_hearing_loop is_quiet changeover_minutes position version",
    "stage_hours": "id stage_id starts_at ends_at",
    "star": "ticket_id slot_id starred_at removed_at changes",
    "stripe_event": "id kind received_at handled_at",
    # Finance reads them; they name no person.
    "stripe_payout": "id payout_id state amount_cents arrives_on read_at",
    "payout_line": "id payout_id transaction_id kind intent_id amount_cents fee_cents happened_at",
    "team_member": "language id active confirmed_at last_login_at current_login_at login_count"
    " tf_primary_method create_datetime update_datetime version",
    "theme": "id edition_id slug name_nl name_en position version",
    "ticket": "id order_id type_id price_cents gift_cents voucher_id released_at cancelled_at"
    " named_at accompanies_id",
    "ticket_type": "id edition_id pool_id slug name_nl name_en description_nl description_en"
    " audience_kind audience_nl audience_en hand_out_nl hand_out_en price_cents least_cents"
    " low_cents high_cents vat_category vat_reason next_vat_category next_vat_reason"
    " next_vat_from_on min_per_order max_per_order sale_from sale_until is_hidden is_sold_at_door"
    " is_companion position version",
    "ticket_type_day": "type_id day_id",
    "ticket_swap": "id order_id ticket_id from_type_id to_type_id from_cents to_cents fee_cents"
    " pool_id maker member_id requested_at due_at reminded_at ended_at outcome",
    "ticket_wait": "id type_id code number language joined_at confirmed_at network offered_at"
    " offer_ends_at ended_at outcome",
    "till_count": "id edition_id device_id held_on cash_cents card_cents sold_cash_cents"
    " sold_card_cents counted_at counted_by_id",
    "voucher": "id edition_id effect value uses used max_per_order pool_id blocked valid_from"
    " valid_until off_at is_solidarity tag created_at version",
    "voucher_type": "voucher_id type_id",
    "waiting_list_entry": "id ticket_id slot_id swap_booking_id joined_at left_at passed_over_at",
    "walk": "stage_id other_id minutes",
    "wanted_together": "session_id other_id visitors expected",
    "wrong_guess": "id at",
}
