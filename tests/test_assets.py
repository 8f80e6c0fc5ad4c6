def test_static_files_are_kept_for_ever_under_the_hash_of_the_tree(app, visitor):
    address = app.jinja_env.globals["asset"]("css/base.css")
    answer = visitor.get(address)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert visitor.get("/static/0123456789ab/css/base.css").status_code == 404
