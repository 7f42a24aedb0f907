//! The served page in a browser: `cargo xtask test browser`, which runs this once for each
//! engine.
//!
//! All tests share one browser and run one after the other. Each opens its own page, and none
//! may leave an error on the console or ask for a file that is not there.
//!
//! `BACKFLOW_SHOTS` names a folder for screenshots: of the page, and of what failed.

mod accessibility;
mod appearance;
mod boxes;
mod card;
mod code;
mod editing;
mod embedding;
mod examples;
mod failures;
mod fields;
mod grids;
mod hands;
mod in_place;
mod inputs;
mod keyboard;
mod lens;
mod link;
mod misfits;
mod mistakes;
mod modes;
mod numbers;
mod opening;
mod orders;
mod plates;
mod presenting;
mod second;
mod shots;
mod sight;
mod slices;
mod steps;
mod timeline;
mod walk;

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::Path,
    pin::Pin,
    process::ExitCode,
    sync::Arc,
};

use backflow::{
    Outcome,
    browser::Browser,
    engine::{Engine, Need},
};
use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;

type Test = for<'a> fn(&'a Browser) -> Pin<Box<dyn Future<Output = Outcome> + 'a>>;

/// A test, its path, and what it wants that not every engine lets a driver do.
struct Case {
    name: &'static str,
    test: Test,
    need: Option<Need>,
}

/// Tests by their paths, with `wants Need` behind those that not every engine can run.
macro_rules! tests {
    ($($module:ident::$test:ident $(wants $need:ident)?,)*) => {
        [$(Case {
            name: concat!(stringify!($module), "::", stringify!($test)),
            test: |browser| Box::pin($module::$test(browser)),
            need: [$(Need::$need,)?].first().copied(),
        },)*]
    };
}

const TESTS: &[Case] = &tests![
    hands::pointer_wheel_and_keys_reach_a_part_of_a_drawing,
    hands::fingers_reach_a_part_of_a_drawing wants Phone,
    hands::waiting_ends_with_what_is_waited_for,
    opening::the_page_opens_on_the_first_graph_of_the_lecture,
    opening::the_page_loads_all_that_it_asks_for,
    opening::the_page_runs_in_a_sub_folder,
    editing::typing_a_program_makes_its_graph,
    editing::the_neuron_of_the_menu_has_the_numbers_of_the_lecture,
    examples::every_example_is_drawn_and_computes_what_pytorch_does,
    editing::examples_have_the_upstream_of_the_lecture,
    editing::a_moved_value_survives_an_edit_elsewhere,
    editing::a_literal_that_is_changed_takes_effect,
    editing::an_edit_keeps_the_elements_of_what_stays,
    editing::an_example_starts_afresh,
    editing::a_program_set_while_it_is_away_starts_afresh,
    editing::undo_takes_an_example_back,
    editing::undo_takes_typing_back_by_pieces,
    inputs::dragging_a_slider_changes_every_value,
    inputs::arrow_keys_move_a_slider,
    inputs::typing_a_number_moves_the_slider,
    inputs::a_slider_goes_on_from_any_number,
    inputs::what_is_no_number_changes_nothing,
    inputs::the_texts_follow_within_the_frame,
    inputs::a_move_rebuilds_nothing,
    inputs::set_input_changes_what_is_shown,
    inputs::set_input_refuses_what_does_not_fit,
    inputs::tensors_are_set_by_nested_arrays,
    inputs::a_cell_of_a_tensor_changes_its_element,
    inputs::values_that_are_not_finite_are_shown,
    fields::a_number_may_be_an_expression,
    fields::what_is_no_number_is_refused_visibly,
    fields::arrow_keys_step_a_field,
    fields::one_line_of_typing_is_one_step_to_undo,
    fields::what_is_refused_in_the_picture_stays_open,
    fields::a_cell_is_typed_and_refused_as_a_field_is,
    fields::what_is_pasted_is_read_or_refused_as_one,
    fields::every_other_field_reads_and_refuses_alike,
    fields::a_refusal_fits_a_phone wants Phone,
    grids::keys_walk_and_type,
    grids::escape_gives_the_number_back,
    grids::keys_and_a_drag_scrub_a_number,
    grids::a_range_is_copied_and_pasted,
    grids::every_format_is_pasted,
    grids::what_cannot_be_pasted_is_told,
    grids::a_shape_that_breaks_nothing_is_taken_at_once,
    grids::a_shape_that_breaks_something_gives_an_account_first,
    grids::a_text_of_another_shape_offers_it,
    grids::each_edit_is_undone_and_redone,
    grids::the_upstream_gradient_is_edited_as_a_grid,
    grids::a_large_grid_has_the_cells_in_sight_alone,
    grids::a_stack_shows_one_sheet,
    grids::a_change_writes_what_differs_alone,
    grids::a_link_keeps_the_numbers,
    grids::fingers_scroll_choose_and_drag wants Phone,
    numbers::a_click_on_a_number_lets_it_be_typed,
    numbers::a_click_on_a_name_lets_its_number_be_typed,
    numbers::escape_undoes_what_was_typed,
    numbers::arrow_keys_step_a_number,
    numbers::a_drag_along_a_number_changes_it,
    numbers::the_upstream_gradient_is_edited_at_the_open_end,
    numbers::the_upstream_gradient_of_a_tensor_has_cells,
    numbers::all_digits_are_seen_and_copied,
    in_place::the_field_stands_over_its_element,
    in_place::the_field_stands_over_its_element_on_a_phone wants Phone,
    plates::grids_show_every_element,
    plates::wires_of_tensors_tell_shapes,
    plates::pointing_tells_where_a_number_comes_from,
    plates::long_arithmetic_breaks_and_its_sum_comes_first,
    plates::what_is_pinned_stays_and_follows,
    plates::elements_are_reached_by_keys,
    plates::elements_of_inputs_are_edited,
    plates::the_upstream_gradient_is_edited_in_its_grid,
    plates::maps_have_the_colours_of_the_theme wants Preferences,
    plates::a_wide_network_on_paper_keeps_its_numbers wants Protocol,
    plates::an_element_of_a_map_is_found_and_typed,
    plates::tensors_stand_back_with_their_gates,
    plates::what_is_not_finite_is_marked,
    plates::a_stack_shows_its_sheets_by_turns,
    numbers::every_edit_is_undone_and_redone,
    numbers::an_edit_after_undo_forgets_what_was_undone,
    sight::the_wheel_is_the_pages_until_the_graph_has_the_focus wants Focus,
    sight::buttons_and_keys_zoom_and_fit,
    sight::a_drag_of_the_paper_moves_the_picture,
    sight::fingers_reach_every_control_and_zoom wants Phone,
    sight::a_picture_that_goes_on_fades,
    sight::a_large_graph_is_seen_from_afar,
    sight::presenting_shows_the_graph_alone,
    steps::what_is_not_computed_yet_is_blank,
    steps::the_gate_at_work_and_what_it_reads_stand_out,
    steps::a_backward_step_sends_a_pulse_along_its_wires wants Preferences,
    steps::a_gate_at_work_out_of_sight_comes_into_sight,
    boxes::a_call_closes_and_opens_in_place,
    boxes::keys_open_and_close_too,
    boxes::a_sigmoid_written_out_folds_and_unfolds,
    boxes::copies_are_shown_at_every_fan_out,
    boxes::what_is_closed_stays_closed_through_edits_and_undo,
    orders::each_order_says_what_it_takes,
    orders::the_products_are_made_one_by_one,
    orders::an_order_is_made_by_hand,
    orders::the_programs_chain_is_taken_and_the_pane_is_linked,
    code::flat_code_has_the_lines_of_the_lecture,
    code::a_line_lights_and_chooses_its_gate wants Scrolled,
    code::a_gate_marks_its_lines_and_scrolls_to_them,
    code::steps_walk_the_lines,
    code::asserted_numbers_follow_those_on_screen,
    code::keys_walk_lines_and_reach_gates_and_steps,
    code::a_function_is_made_of_what_is_chosen,
    code::code_is_copied_and_saved,
    code::code_is_copied_by_hand,
    code::code_is_linked,
    code::text_of_a_program_stays_text_in_code,
    code::too_many_gates_are_told,
    code::code_has_no_violation,
    code::code_fits_a_phone wants Phone,
    code::a_gate_out_of_sight_is_brought_there wants Phone,
    code::code_is_out_of_the_way_unless_opened,
    second::the_backward_pass_is_drawn_as_a_graph,
    second::a_gate_lights_up_with_what_it_mirrors,
    second::the_lectures_picture_has_a_box_for_each_backward_pass,
    second::a_program_is_extended_and_taken_back,
    second::the_hessian_is_filled_by_products,
    second::what_cannot_be_done_is_said,
    walk::arrows_follow_the_wires,
    walk::every_gate_is_reached,
    walk::each_gate_says_what_it_is_with_its_numbers,
    walk::keys_choose_and_edit,
    mistakes::a_mistake_keeps_the_last_good_graph,
    mistakes::a_mistake_that_is_corrected_is_forgotten,
    mistakes::several_mistakes_are_listed_together,
    mistakes::a_message_leads_to_its_place,
    mistakes::an_element_that_starts_with_a_mistake_recovers,
    mistakes::a_program_that_never_was_good_has_no_picture,
    mistakes::markup_in_a_program_stays_text,
    mistakes::names_that_objects_have_are_names_like_others,
    misfits::axes_that_meet_are_drawn_over_the_last_good_picture,
    misfits::a_fix_is_taken_by_the_keyboard_and_undone,
    misfits::shapes_that_broadcast_stand_one_below_the_other,
    misfits::a_note_is_closed_and_fits_a_phone wants Phone,
    misfits::a_shape_in_a_program_stays_text,
    timeline::the_first_graph_is_stepped_through,
    timeline::buttons_keys_and_scrubber_agree,
    timeline::playing_goes_to_the_end_and_stops,
    timeline::playing_goes_on_without_motion wants Preferences,
    timeline::a_step_is_told_to_a_screen_reader,
    timeline::an_edit_keeps_the_step,
    timeline::presenting_keeps_the_timeline_in_sight,
    presenting::keys_and_a_clicker_step,
    presenting::keys_step_after_a_click_on_anything,
    presenting::keys_are_where_keys_led,
    modes::a_switch_shows_tangents_over_the_values,
    modes::a_seed_is_typed_dragged_and_stepped,
    modes::the_timeline_goes_forward_with_tangents,
    modes::mode_and_seeds_are_linked,
    modes::passes_fill_the_jacobian,
    modes::passes_go_at_once_for_who_wants_no_motion wants Preferences,
    modes::tensors_have_a_grid_of_tangents,
    modes::an_example_opens_in_its_mode,
    modes::modes_fit_a_phone wants Phone,
    card::the_card_has_the_numbers_of_the_neuron,
    card::the_card_follows_values_and_steps,
    card::numbers_change_within_their_formulas,
    card::choosing_moves_nothing_and_escape_closes,
    card::formulas_are_mathematics_and_copied_as_latex,
    card::a_line_lights_what_it_tells_of,
    card::a_nudge_has_the_step_that_is_typed,
    lens::relu_has_a_diagonal_with_the_upstream_of_the_lecture,
    lens::softmax_is_dense_and_a_product_of_matrices_repeats_a_block,
    lens::a_place_of_a_jacobian_tells_its_sum,
    lens::a_large_jacobian_is_drawn_as_squares,
    lens::any_pair_of_nodes_has_a_jacobian,
    lens::both_ways_follow_a_drag,
    slices::the_elements_are_walked_to_the_whole,
    slices::large_tensors_are_walked_row_by_row,
    slices::a_number_falls_into_its_place wants Preferences,
    slices::a_jacobian_that_is_never_formed_says_its_size,
    lens::a_backward_step_goes_by_rule_or_by_jacobian,
    lens::what_is_looked_at_is_linked,
    lens::tabs_are_for_tensors,
    lens::tabs_have_no_violation,
    lens::tabs_fit_a_phone wants Phone,
    lens::a_derivative_is_written_on_paper,
    link::a_step_is_linked,
    link::a_view_is_linked,
    link::an_address_that_changes_is_followed,
    link::what_an_address_cannot_mean_is_ignored,
    link::names_that_objects_have_are_linked_in_vain,
    link::damaged_links_are_followed_as_far_as_they_go,
    link::a_part_of_a_state_is_taken,
    link::the_link_is_copied,
    link::embedded_elements_leave_the_address_alone,
    keyboard::a_card_is_reached_by_tab_and_arrows,
    keyboard::tab_reaches_everything_and_leaves,
    keyboard::a_reader_without_a_pointer_can_do_it_all,
    appearance::the_page_fits_a_phone wants Phone,
    appearance::every_example_fits_a_phone wants Phone,
    appearance::light_and_dark_can_be_read,
    appearance::a_wide_page_has_the_graph_beside_the_program,
    appearance::a_large_graph_goes_at_once,
    appearance::nothing_glides_for_who_wants_no_motion wants Preferences,
    embedding::elements_of_a_page_are_independent,
    embedding::an_element_that_comes_back_is_as_it_was,
    embedding::an_element_that_leaves_at_once_and_comes_back_starts,
    embedding::a_program_set_before_the_element_is_defined_is_shown,
    embedding::the_program_attribute_is_followed,
    embedding::an_element_stays_within_a_height,
    embedding::a_style_sheet_that_failed_is_asked_for_again,
    failures::an_element_goes_on_after_a_trap,
    failures::a_failure_that_does_not_come_again_is_not_told,
    failures::an_exception_is_as_good_as_a_trap,
    failures::six_elements_move_together,
    failures::an_element_that_failed_leaves_and_comes_back,
    failures::what_makes_it_fail_is_not_asked_again,
    failures::a_number_that_makes_it_fail_is_not_taken,
    failures::the_one_that_has_no_room_says_so,
    accessibility::the_page_has_no_violation_in_light_and_dark,
    accessibility::the_page_has_no_violation_on_a_phone wants Phone,
    accessibility::a_step_with_a_card_has_no_violation,
    accessibility::a_step_with_a_card_has_no_violation_on_a_phone wants Phone,
    accessibility::grids_have_no_violation,
    accessibility::a_mistake_has_no_violation,
    accessibility::the_picture_is_described,
];

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // There is one window.
    arguments.test_threads = Some(1);
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Outcome<ExitCode> {
    let shots: &[Case] = &tests![shots::of_the_page wants Phone,];
    let shots = if shots::folder().is_some() {
        shots
    } else {
        &[]
    };
    let engine = Engine::given()?;
    let tests = TESTS.iter().chain(shots);
    if arguments.list {
        let trials = tests.map(|case| marked(case, engine, || Ok(()))).collect();
        return Ok(libtest_mimic::run(arguments, trials).exit_code());
    }
    let runtime = Arc::new(
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?,
    );
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/pages");
    let browser = Arc::new(runtime.block_on(Browser::start(&pages))?);
    let trials = tests.map(|case| trial(case, &runtime, &browser));
    let conclusion = libtest_mimic::run(arguments, trials.collect());
    if let Some(browser) = Arc::into_inner(browser) {
        runtime.block_on(browser.quit())?;
    }
    Ok(conclusion.exit_code())
}

/// A test under its engine's name; what the engine cannot do is counted as ignored, with why.
fn marked(
    case: &Case,
    engine: Engine,
    run: impl FnOnce() -> Result<(), Failed> + Send + 'static,
) -> Trial {
    let trial = Trial::test(format!("{}::{}", engine.name(), case.name), run);
    match case.need.filter(|need| !engine.can(*need)) {
        Some(need) => trial.with_kind(need.reason()).with_ignored_flag(true),
        None => trial,
    }
}

fn trial(case: &Case, runtime: &Arc<Runtime>, browser: &Arc<Browser>) -> Trial {
    let (runtime, browser) = (Arc::clone(runtime), Arc::clone(browser));
    let engine = browser.engine();
    let (name, test) = (case.name.replace("::", "-"), case.test);
    marked(case, engine, move || {
        let judged = || runtime.block_on(judge(&browser, test));
        let outcome = catch_unwind(AssertUnwindSafe(judged));
        if !matches!(outcome, Ok(Ok(()))) {
            let name = format!("failed-{}-{name}", engine.name());
            if let Err(error) = runtime.block_on(shots::take(&browser, &name)) {
                eprintln!("no screenshot of {name}: {error}");
            }
        }
        let outcome = outcome.unwrap_or_else(|panic| resume_unwind(panic));
        outcome.map_err(|error| Failed::from(error.to_string()))
    })
}

async fn judge(browser: &Browser, test: Test) -> Outcome {
    browser.reset().await?;
    test(browser).await?;
    let complaints = browser.take_complaints().await?;
    if complaints.is_empty() {
        Ok(())
    } else {
        Err(complaints.join("\n").into())
    }
}
