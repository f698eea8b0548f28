"""Region files: what is read, and how each kind of bad file is refused."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from liangcun_server.regions.files import read_region_file
from liangcun_server.regions.problems import InvalidRegionFile
from liangcun_server.regions.region import Region
from liangcun_standards.vocabulary import RegionLevel

HEAD = "code,name,parent_code,level"
PROVINCE = "220000000000,吉林省,,province"
PREFECTURE = "220700000000,松原市,220000000000,prefecture"
COUNTY = "220722000000,长岭县,220700000000,county"
TOWNSHIP = "220722201000,光明乡,220722000000,township"
VILLAGE = "220722201204,蒙古屯村委会,220722201000,village"
GOOD = "\n".join([HEAD, PROVINCE, PREFECTURE, COUNTY, TOWNSHIP, VILLAGE]) + "\n"


def file_of(directory: Path, content: str | bytes, name: str = "regions.csv") -> Path:
    path = directory / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refused(directory: Path, content: str | bytes, name: str = "regions.csv") -> InvalidRegionFile:
    with pytest.raises(InvalidRegionFile) as caught:
        read_region_file(file_of(directory, content, name))
    assert name in str(caught.value)
    return caught.value


def problem_of(directory: Path, *lines: str) -> tuple[int, str | None, str]:
    """The only problem of a file with these rows below the four good ones."""
    content = "\n".join([HEAD, PROVINCE, PREFECTURE, COUNTY, TOWNSHIP, *lines])
    (problem,) = refused(directory, content).problems
    return problem.line, problem.field, problem.reason.en


class TestReading:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
    def test_utf8_with_or_without_a_mark_and_gbk_give_the_same_regions(
        self, tmp_path: Path, encoding: str
    ) -> None:
        regions = read_region_file(file_of(tmp_path, GOOD.encode(encoding)))

        assert len(regions) == 5
        assert regions[-1] == Region("220722201204", "蒙古屯村委会", RegionLevel.VILLAGE, "220722201000")

    def test_a_name_that_only_gb18030_can_write_is_read(self, tmp_path: Path) -> None:
        content = GOOD.replace("光明乡", "𫚭鱼乡").encode("gb18030")

        assert read_region_file(file_of(tmp_path, content))[3].name == "𫚭鱼乡"

    def test_headings_and_levels_may_be_chinese(self, tmp_path: Path) -> None:
        content = "级别,名称,代码,上级代码\n省,吉林省,22,\n市,松原市,2207,22\n县,长岭县,220722,2207\n"

        regions = read_region_file(file_of(tmp_path, content.encode("gbk")))

        assert regions[2] == Region("220722000000", "长岭县", RegionLevel.COUNTY, "220700000000")

    @pytest.mark.parametrize(("mark", "ending"), [("\t", "\n"), (";", "\r\n"), (",", "\r")])
    def test_other_separators_and_line_ends_are_read(self, tmp_path: Path, mark: str, ending: str) -> None:
        content = GOOD.replace(",", mark).replace("\n", ending)

        assert len(read_region_file(file_of(tmp_path, content))) == 5

    def test_other_columns_blank_lines_and_spaces_do_no_harm(self, tmp_path: Path) -> None:
        content = f"\n{HEAD},户数\n{PROVINCE},\n\n 220700000000 , 松原市 ,220000000000, Prefecture ,12\n\n"

        assert [region.name for region in read_region_file(file_of(tmp_path, content))] == [
            "吉林省",
            "松原市",
        ]

    def test_a_quoted_name_may_hold_a_comma_or_a_quote(self, tmp_path: Path) -> None:
        content = f'{HEAD}\n220000000000,"吉林,""吉""省",,province\n'

        assert read_region_file(file_of(tmp_path, content))[0].name == '吉林,"吉"省'

    def test_parquet_is_read_whether_codes_are_text_or_numbers(self, tmp_path: Path) -> None:
        path = tmp_path / "regions.parquet"
        pq.write_table(
            pa.table(
                {
                    "code": [220000000000, 220700000000],
                    "name": ["吉林省", "松原市"],
                    "parent_code": pa.array([None, "220000000000"], pa.large_string()),
                    "level": ["province", "prefecture"],
                }
            ),
            path,
        )

        assert [region.code for region in read_region_file(path)] == ["220000000000", "220700000000"]

    def test_a_parent_outside_the_file_may_be_known_from_elsewhere(self, tmp_path: Path) -> None:
        path = file_of(tmp_path, f"{HEAD}\n{VILLAGE}\n")
        township = Region("220722201000", "光明乡", RegionLevel.TOWNSHIP, "220722000000")

        assert read_region_file(path, {township.code: township})[0].parent_code == township.code
        with pytest.raises(InvalidRegionFile, match="neither in the file nor in the database"):
            read_region_file(path)


class TestBadRows:
    def test_an_eleven_digit_code(self, tmp_path: Path) -> None:
        line, field, reason = problem_of(tmp_path, "22072220120,蒙古屯村委会,220722201000,village")

        assert (line, field) == (6, "code")
        assert "11 digits" in reason

    @pytest.mark.parametrize(
        "code", ["2.20722E+11", "22072220120a", "２２０７２２２０１２０４", "", "-20722201204"]
    )
    def test_a_code_that_is_not_digits(self, tmp_path: Path, code: str) -> None:
        line, field, reason = problem_of(tmp_path, f"{code},蒙古屯村委会,220722201000,village")

        assert (line, field) == (6, "code")
        assert "digits only" in reason

    def test_a_duplicate_code(self, tmp_path: Path) -> None:
        assert problem_of(tmp_path, VILLAGE, VILLAGE) == (
            7,
            "code",
            "the code 220722201204 stands twice in the file",
        )

    @pytest.mark.parametrize("level", ["hamlet", "组", "", "tun"])
    def test_an_unknown_level(self, tmp_path: Path, level: str) -> None:
        line, field, reason = problem_of(tmp_path, f"220722201204,蒙古屯村委会,220722201000,{level}")

        assert (line, field) == (6, "level")
        assert f"'{level}'" in reason

    def test_a_level_that_the_digits_contradict(self, tmp_path: Path) -> None:
        line, field, reason = problem_of(tmp_path, "220722202000,三十号乡,220722000000,village")

        assert (line, field) == (6, "level")
        assert "those of a township, not of a village" in reason

    def test_a_missing_parent(self, tmp_path: Path) -> None:
        line, field, reason = problem_of(tmp_path, "220722202204,某村,220722202000,village")

        assert (line, field) == (6, "parent_code")
        assert "220722202000 is neither in the file nor in the database" in reason

    def test_a_parent_that_does_not_contain_the_child(self, tmp_path: Path) -> None:
        line, field, reason = problem_of(tmp_path, "220722202204,某村,220722201000,village")

        assert (line, field) == (6, "parent_code")
        assert "220722202204 doesn't lie within 220722201000" in reason

    def test_a_level_that_is_not_below_its_parents(self, tmp_path: Path) -> None:
        line, field, reason = problem_of(tmp_path, "220722202000,三十号乡,220722202000,township")

        assert (line, field) == (6, "parent_code")
        assert "a township can't lie under a township" in reason

    def test_a_parent_left_empty_below_a_province(self, tmp_path: Path) -> None:
        assert problem_of(tmp_path, "220722201204,蒙古屯村委会,,village")[:2] == (6, "parent_code")

    @pytest.mark.parametrize("name", ["", "   ", '""', "村\x07", "村" * 201, "村\ufffd"])
    def test_a_name_that_is_empty_or_no_name(self, tmp_path: Path, name: str) -> None:
        assert problem_of(tmp_path, f"220722201204,{name},220722201000,village")[:2] == (6, "name")

    def test_a_truncated_row(self, tmp_path: Path) -> None:
        line, field, reason = problem_of(tmp_path, "220722201204,蒙古屯村")

        assert (line, field) == (6, None)
        assert "2 fields instead of 4" in reason

    def test_a_row_with_a_field_too_many(self, tmp_path: Path) -> None:
        assert "5 fields instead of 4" in problem_of(tmp_path, "220722201204,蒙古,屯,220722201000,village")[2]

    def test_a_quote_that_never_closes(self, tmp_path: Path) -> None:
        line, _, reason = problem_of(tmp_path, '220722201204,"蒙古屯,220722201000,village')

        assert line == 6
        assert "no proper CSV" in reason

    def test_lines_are_counted_as_an_editor_counts_them(self, tmp_path: Path) -> None:
        content = f'{HEAD}\n220000000000,"吉林\n省",,province\n\n2207x,松原市,22,prefecture\n'

        places = [(problem.line, problem.field) for problem in refused(tmp_path, content).problems]

        assert places == [(2, "name"), (5, "code")]

    def test_children_are_not_blamed_for_the_fault_of_their_parent(self, tmp_path: Path) -> None:
        content = "\n".join(
            [HEAD, PROVINCE, PREFECTURE, COUNTY, "220722201000,,220722000000,township", VILLAGE]
        )

        assert [problem.line for problem in refused(tmp_path, content).problems] == [5]

    def test_all_problems_are_counted_and_the_first_twenty_shown(self, tmp_path: Path) -> None:
        rows = [f"2207222012{number},村{number},220722201000,village" for number in range(10, 35)]
        error = refused(tmp_path, "\n".join([HEAD, *rows]))

        assert len(error.problems) == 25
        assert "25 problems, nothing was loaded" in error.message.en
        assert "line 21, parent_code" in error.message.en
        assert "line 22" not in error.message.en
        assert error.message.en.endswith("and 5 more")
        assert "有 25 处问题" in error.message.zh
        assert error.message.zh.endswith("另有 5 处")


class TestBadFiles:
    @pytest.mark.parametrize("column", ["code", "name", "parent_code", "level"])
    def test_a_missing_column(self, tmp_path: Path, column: str) -> None:
        error = refused(tmp_path, GOOD.replace(column, "other", 1))

        assert f"line 1: missing {column}." in error.message.en
        assert f"缺少列 {column}" in error.message.zh

    def test_a_column_that_stands_twice(self, tmp_path: Path) -> None:
        assert "level stands twice" in refused(tmp_path, GOOD.replace("level", "level,级别", 1)).message.en

    @pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b" \n\n"])
    def test_an_empty_file(self, tmp_path: Path, content: bytes) -> None:
        assert refused(tmp_path, content).message.en == "the file is empty"

    def test_a_file_with_headings_alone(self, tmp_path: Path) -> None:
        assert "no rows" in refused(tmp_path, HEAD + "\n").message.en

    def test_nul_bytes(self, tmp_path: Path) -> None:
        assert "line 3 has a NUL byte" in refused(tmp_path, GOOD.replace("松", "\0")).message.en

    def test_utf16_is_recognised_as_no_plain_text(self, tmp_path: Path) -> None:
        assert "save it as CSV UTF-8" in refused(tmp_path, GOOD.encode("utf-16")).message.en

    def test_bytes_that_are_no_text_in_either_encoding(self, tmp_path: Path) -> None:
        content = GOOD.encode("gbk").replace("松".encode("gbk"), b"\xff\xff")

        assert "line 3 is wrongly encoded" in refused(tmp_path, content).message.en

    def test_broken_utf8_is_refused_though_gb18030_could_read_it_as_nonsense(self, tmp_path: Path) -> None:
        content = f"{HEAD}\n22,吉林,,省级\n2207,松原,22,地级\n220722,长岭县,2207,县级\n".encode()
        broken = content.replace("县".encode(), "县".encode()[:2], 1)
        assert "闀垮箔" in broken.decode("gb18030")

        assert "line 4 is wrongly encoded" in refused(tmp_path, broken).message.en

    def test_broken_utf8_with_a_mark_is_refused(self, tmp_path: Path) -> None:
        content = GOOD.encode("utf-8-sig").replace("岭".encode(), b"\xb0\xa1")

        assert "line 4 is wrongly encoded" in refused(tmp_path, content).message.en

    @pytest.mark.parametrize("content", [GOOD.encode(), b"PAR1", b"PAR1" + b"x" * 99 + b"PAR1", b""])
    def test_a_parquet_that_is_none(self, tmp_path: Path, content: bytes) -> None:
        assert "no readable Parquet file" in refused(tmp_path, content, "regions.parquet").message.en

    def test_a_parquet_without_a_column(self, tmp_path: Path) -> None:
        pq.write_table(pa.table({"code": ["22"], "name": ["吉林省"]}), tmp_path / "x.parquet")

        with pytest.raises(InvalidRegionFile, match=r"x\.parquet: missing parent_code、level"):
            read_region_file(tmp_path / "x.parquet")

    def test_a_parquet_whose_column_is_no_text(self, tmp_path: Path) -> None:
        columns = {"code": ["22"], "name": [["吉林省"]], "parent_code": [None], "level": ["province"]}
        pq.write_table(pa.table(columns), tmp_path / "x.parquet")

        with pytest.raises(InvalidRegionFile, match="no readable Parquet file"):
            read_region_file(tmp_path / "x.parquet")

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidRegionFile, match="there is no such file"):
            read_region_file(tmp_path / "none.csv")

    def test_a_directory(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidRegionFile, match="this is no file"):
            read_region_file(tmp_path)
