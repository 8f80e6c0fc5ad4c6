"""Static files: kept for ever under an address of their own, compressed where that is current."""

import gzip
import os

from festival.web import assets


def test_static_files_are_kept_for_ever_under_the_hash_of_the_tree(app, visitor):
    address = app.jinja_env.globals["asset"]("css/base.css")
    with visitor.get(address) as answer:
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
    assert visitor.get("/static/0123456789ab/css/base.css").status_code == 404


def test_a_compressed_copy_of_an_older_version_is_not_sent(tmp_path):
    page = tmp_path / "page.css"
    page.write_text("new " * 100)
    copy = tmp_path / "page.css.gz"
    copy.write_bytes(gzip.compress(b"old " * 100))
    status = page.stat()

    def sent():
        files = assets._StaticFiles(None, root=tmp_path, prefix="s").files
        answer = files["/s/page.css"].get_response("GET", {"HTTP_ACCEPT_ENCODING": "gzip"})
        answer.file.close()
        return dict(answer.headers).get("Content-Encoding")

    os.utime(copy, ns=(status.st_atime_ns, status.st_mtime_ns - 1))
    assert sent() is None
    os.utime(copy, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert sent() == "gzip"
