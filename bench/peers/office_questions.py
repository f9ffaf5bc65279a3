"""Eleven of the twenty questions as an office would put them in pandas: a merge, a sum and a comparison each, with the
county's figures as constants. Each gives leads: taxpayer, period, what is due, what was paid."""

import numpy as np
import pandas as pd

DEED, STAMP, FARMLAND, BASIC, OTHER_FLOOR, WORKS = 0.03, 0.0005, 12.5, 0.5, 0.5, 2.0
PLACED, AVERAGE_WAGE, CAP, EXEMPT_STAFF = 0.015, 100_000.0, 2, 30
VAT_IN_PRICE, FLOOR, FLOOR_SHARE = 1.09, 100.0, 0.01
NO_GRANT = ["划拨", "租赁", "作价出资（入股）", "授权经营"]
NOT_TAXED = ["军事设施", "学校", "幼儿园", "社会福利机构", "医疗机构", "农田水利设施"]
NOT_TAXED += ["直接为农业生产服务的生产设施", "农村居民自建住宅"]
PUBLIC, VILLAGE, TRADER = r"[18A].*", r"N.*|54.*", r"92.*"


class Tables:
    """The kept rows by kind; a column that no sheet had is empty."""

    def __init__(self, frames, kinds):
        self.frames, self.kinds = frames, kinds
        payments = self["tax_payment.payment"]
        is_tax = payments["payment_sort"].isna() | (payments["payment_sort"] == "正税")
        stands = payments["adjustment"].isna() | payments["adjustment"].isin(["未调账", "调入"])
        self.payments = payments[is_tax & stands]
        self.arrears = self["tax_arrears.arrears"].query("amount_yuan > 0")
        self.registered = self["tax_registration.taxpayer"].drop_duplicates("taxpayer_taxpayer", keep="last")
        small = self.registered["vat_payer_kind"].fillna("").str.contains("小规模")
        profit = self.registered["small_profit_years"].notna()
        self.small = set(self.registered["taxpayer_taxpayer"][small | profit].dropna())

    def __getitem__(self, kind):
        wanted = [*self.kinds[kind].fields, *[f"{party}_taxpayer" for party in self.kinds[kind].parties()]]
        frame = self.frames.get(kind, pd.DataFrame(columns=wanted))
        missing = [column for column in wanted if column not in frame]
        return frame.assign(**{column: typed_empty(self.kinds[kind], column, frame.index) for column in missing})

    def paid(self, tax, items=""):
        of_tax = self.payments[self.payments["tax_kind"] == tax]
        return of_tax[of_tax["tax_item"].fillna("").str.contains(items)].groupby("taxpayer_taxpayer")["amount_yuan"].sum()

    def halved(self, taxpayers):
        """Half the tax where the taxpayer may be small."""
        return np.where(taxpayers.isin(self.small) | taxpayers.str.match(TRADER), 0.5, 1.0)


def typed_empty(kind, column, index):
    sort = kind.fields.get(column, {}).get("type")
    return pd.Series(index=index, dtype={"number": float, "integer": float, "date": "datetime64[ns]"}.get(sort, object))


def periods(days, unit):
    """Periods of days, as they are called in leads."""
    return pd.to_datetime(days).dt.to_period(unit).astype(str)


def short(due, paid, unit):
    """Where less was paid than is due: `due` has taxpayer, day and due; what was paid covers the oldest first."""
    due = due.dropna(subset=["taxpayer", "day"])
    due = due.assign(period=periods(due["day"], unit)).groupby(["taxpayer", "period"], as_index=False)["due"].sum()
    due = due.sort_values(["taxpayer", "period"])
    before = due.groupby("taxpayer")["due"].cumsum() - due["due"]
    have = due["taxpayer"].map(paid).fillna(0.0)
    due["paid"] = np.clip(have - before, 0, due["due"])
    gap = due["due"] - due["paid"]
    return due[(gap > FLOOR) & (gap > FLOOR_SHARE * due["due"])]


def found(frame, taxpayer, day, unit="M"):
    """Leads without an amount: one a taxpayer and period."""
    leads = pd.DataFrame({"taxpayer": frame[taxpayer], "period": periods(frame[day], unit)})
    return leads.dropna().drop_duplicates().assign(due=np.nan, paid=np.nan)


def of_enterprises(due, *others):
    return due[~due["taxpayer"].fillna("").str.fullmatch("|".join([PUBLIC, *others]))]


def deed_land_grant(tables):
    grants = tables["land_expropriation_grant.grant"].query("manner not in @NO_GRANT", local_dict={"NO_GRANT": NO_GRANT})
    price = grants["price_yuan"] + grants["infrastructure_fee_yuan"].fillna(0)
    due = pd.DataFrame({"taxpayer": grants["grantee_taxpayer"], "day": grants["contract_day"], "due": price * DEED})
    return short(of_enterprises(due), tables.paid("契税", "出让|^$"), "M")


def deed_transfer(tables):
    land, house = tables["land_transfer.transfer"], tables["property_registration.transfer"]
    of_land = pd.DataFrame(
        {"taxpayer": land["transferee_taxpayer"], "day": land["contract_day"].fillna(land["transfer_day"]), "price": land["price_yuan"]}
    )
    of_house = pd.DataFrame(
        {"taxpayer": house["buyer_taxpayer"], "day": house["deal_day"].fillna(house["certificate_day"]), "price": house["price_yuan"]}
    )
    due = pd.concat([of_land, of_house])
    due["due"] = due["price"] / VAT_IN_PRICE * DEED
    return short(of_enterprises(due), tables.paid("契税", "转让|出售|买卖|赠与|互换|交换|作价|房"), "M")


def stamp_land_and_property(tables):
    grants = tables["land_expropriation_grant.grant"].query("manner not in @NO_GRANT", local_dict={"NO_GRANT": NO_GRANT})
    land, house = tables["land_transfer.transfer"], tables["property_registration.transfer"]
    assets = tables["state_asset_transfer.transfer"]
    assets = assets[assets["object_sort"].isin(["土地使用权", "房屋"])]
    documents = [(grants, "grantee", grants["contract_day"], "price_yuan")]
    for party in ("transferor", "transferee"):
        documents.append((land, party, land["contract_day"].fillna(land["transfer_day"]), "price_yuan"))
        documents.append((assets, party, assets["contract_day"].fillna(assets["transfer_day"]), "deal_price_yuan"))
    for party in ("seller", "buyer"):
        documents.append((house, party, house["deal_day"].fillna(house["certificate_day"]), "price_yuan"))
    due = pd.concat(
        [pd.DataFrame({"taxpayer": frame[f"{party}_taxpayer"], "day": day, "due": frame[price] * STAMP}) for frame, party, day, price in documents]
    )
    due["due"] *= tables.halved(due["taxpayer"].fillna(""))
    return short(of_enterprises(due), tables.paid("印花税", "产权转移|土地使用权|房屋"), "Q")


def farmland_occupation(tables):
    approvals = tables["construction_land_approval.approval"]
    approvals = approvals[~approvals["batch_land"].fillna(False).astype(bool)]
    approvals = approvals[~approvals["land_purpose"].isin(NOT_TAXED)]
    farmland, other = approvals["farmland_area_square_metres"], approvals["other_agricultural_area_square_metres"].fillna(0)
    basic = approvals["basic_farmland_area_square_metres"].fillna(0)
    ordinary = (farmland + basic * BASIC) * FARMLAND + other * FARMLAND * OTHER_FLOOR
    works = approvals["land_purpose"].isin(["铁路", "公路", "机场", "港口", "航道", "水利工程"])
    due = pd.DataFrame({"taxpayer": approvals["land_user_taxpayer"], "day": approvals["notice_day"]})
    due["due"] = np.where(works, (farmland + other) * WORKS, ordinary) * tables.halved(due["taxpayer"].fillna(""))
    return short(due, tables.paid("耕地占用税"), "M")


def disability_levy(tables):
    payroll = tables["payroll_summary.month"]
    payroll = payroll.assign(year=payroll["month"].astype(str).str.slice(0, 4)).groupby(["taxpayer_taxpayer", "year"], as_index=False)
    payroll = payroll[["person_count", "wage_total_yuan"]].sum()
    employed = tables["disability_employment.employment"].drop_duplicates(["citizen_id", "employer_taxpayer"])
    weight = employed["disability_degree"].isin(["一级", "二级"]) + 1
    placed = weight.groupby(employed["employer_taxpayer"]).sum()
    staff = payroll["person_count"] / 12
    wage = np.minimum(payroll["wage_total_yuan"] / staff, AVERAGE_WAGE * CAP)
    have = payroll["taxpayer_taxpayer"].map(placed).fillna(0)
    share = np.where(have >= staff * 0.01, 0.5, 0.9)
    due = pd.DataFrame({"taxpayer": payroll["taxpayer_taxpayer"], "day": pd.to_datetime(payroll["year"] + "-12-31")})
    due["due"] = np.where(staff <= EXEMPT_STAFF, 0.0, np.clip(staff * PLACED - have, 0, None) * wage * share)
    due = due[~due["taxpayer"].str.match(TRADER)]
    return short(due, tables.paid("残疾人就业保障金"), "Y")


def closing_with_arrears(tables):
    owed = tables.arrears.groupby("taxpayer_taxpayer")["amount_yuan"].sum()
    closings, asked = tables["business_closing.closing"], tables["request_answer.answer"]
    asked = asked[(asked["act"] == "注销前清税") & asked["certificate_number"].isna()]
    insured = tables["insurance_enrolment.employer"]
    runs = insured["left_day"].isna() & insured["enrolment_status"].fillna("正常").str.contains("正常")
    insured = set(insured["employer_taxpayer"][runs].dropna())
    with_arrears = closings["enterprise_taxpayer"].map(owed).fillna(0) > FLOOR
    trading = (closings["closing_sort"] == "吊销") & closings["enterprise_taxpayer"].isin(insured)
    asking = asked["taxpayer_taxpayer"].map(owed).fillna(0) > FLOOR
    return pd.concat(
        [found(closings[with_arrears | trading], "enterprise_taxpayer", "closed_day"), found(asked[asking], "taxpayer_taxpayer", "asked_on")]
    ).drop_duplicates(["taxpayer", "period"])


def recipient_in_arrears(tables):
    sorts = [
        ("fiscal_subsidy.payment", "recipient", "paid_day"),
        ("land_expropriation_grant.grant", "grantee", "contract_day"),
        ("land_transfer.transfer", "transferee", "transfer_day"),
        ("construction_permit.construction_permit", "owner", "permit_day"),
    ]
    benefits = pd.concat([tables[kind][[f"{party}_taxpayer", day]].set_axis(["taxpayer", "day"], axis=1) for kind, party, day in sorts])
    benefits = of_enterprises(benefits.dropna()).reset_index(drop=True)
    owing = benefits.reset_index().merge(tables.arrears, left_on="taxpayer", right_on="taxpayer_taxpayer")
    owing = owing[owing["due_on"] < owing["day"]].groupby("index")["amount_yuan"].sum()
    grades = tables["tax_credit.grade"].query("grade == 'D级'")
    graded = benefits.reset_index().merge(grades, left_on="taxpayer", right_on="taxpayer_taxpayer")
    graded = graded[(graded["valid_from"] <= graded["day"]) & ~(graded["valid_to"] < graded["day"])]["index"]
    rows = set(owing[owing > FLOOR].index) | set(graded)
    return found(benefits[benefits.index.isin(rows)], "taxpayer", "day")


def undeclared_discharge(tables):
    discharged = tables["pollutant_discharge.discharge"].query("discharge_destination == '直接向环境排放' and discharged_kilograms > 0")
    quarter = pd.PeriodIndex(discharged["discharge_month"].astype(str).str.slice(0, 7), freq="M").asfreq("Q").astype(str)
    asked = pd.DataFrame({"taxpayer": discharged["discharger_taxpayer"].to_numpy(), "period": quarter}).dropna().drop_duplicates()
    returns = tables["tax_return.return"].query("tax_kind == '环境保护税'")
    filed = pd.DataFrame({"taxpayer": returns["taxpayer_taxpayer"], "period": periods(returns["period_from"], "Q")}).drop_duplicates()
    asked = asked.merge(filed, how="left", indicator=True).query("_merge == 'left_only'")
    return asked[["taxpayer", "period"]].assign(due=np.nan, paid=np.nan)


def subsidy_undeclared(tables):
    subsidies = tables["fiscal_subsidy.payment"]
    subsidies = subsidies.assign(period=periods(subsidies["paid_day"], "Y"), taxpayer=subsidies["recipient_taxpayer"])
    subsidies = of_enterprises(subsidies, TRADER, VILLAGE).groupby(["taxpayer", "period"], as_index=False)["subsidy_amount_yuan"].sum()
    returns = tables["tax_return.return"].query("tax_kind == '企业所得税'")
    annual = returns[returns["period_to"] - returns["period_from"] > pd.Timedelta(days=330)]
    annual = annual.sort_values("filed_on").drop_duplicates(["taxpayer_taxpayer", "period_from", "tax_item"], keep="last")
    annual = annual.assign(period=periods(annual["period_from"], "Y"), taxpayer=annual["taxpayer_taxpayer"])
    annual = annual.groupby(["taxpayer", "period"], as_index=False)[["subsidy_income_yuan", "subsidy_untaxed_yuan"]].sum(min_count=1)
    joined = subsidies.merge(annual, how="left", on=["taxpayer", "period"], indicator=True)
    gap = joined["subsidy_amount_yuan"] - joined["subsidy_income_yuan"] - joined["subsidy_untaxed_yuan"].fillna(0)
    is_lead = (joined["_merge"] == "left_only") | (gap > np.maximum(FLOOR, FLOOR_SHARE * joined["subsidy_amount_yuan"]))
    return joined[is_lead][["taxpayer", "period"]].assign(due=np.nan, paid=np.nan)


def bankruptcy_claim(tables):
    notices = tables["bankruptcy.notice"]
    notices = notices[notices["notice_sort"].isin(["受理破产申请", "重整", "和解"])].dropna(subset=["claim_deadline_day"])
    owed = tables.arrears.groupby("taxpayer_taxpayer")["amount_yuan"].sum()
    answers = tables["request_answer.answer"]
    claimed = set(answers["taxpayer_taxpayer"][(answers["act"] == "破产程序税费征缴协作") & answers["claimed_on"].notna()].dropna())
    debtor = notices["debtor_taxpayer"]
    return found(notices[(debtor.map(owed).fillna(0) > FLOOR) & ~debtor.isin(claimed)], "debtor_taxpayer", "notice_day")


def unregistered_business(tables):
    openings = tables["business_opening.opening"]
    openings = openings[~openings["enterprise_taxpayer"].isin(set(tables.registered["taxpayer_taxpayer"]))]
    insured, subsidised = tables["insurance_enrolment.employer"], tables["fiscal_subsidy.payment"]
    permits, invoices = tables["construction_permit.construction_permit"], tables["invoice_summary.month"]
    works = [tables["highway_project.project"]["builder_taxpayer"], tables["water_project.project"]["builder_taxpayer"]]
    signs = pd.concat(
        [insured["employer_taxpayer"], subsidised["recipient_taxpayer"], permits["builder_taxpayer"], invoices["buyer_taxpayer"], *works]
    )
    closed = set(tables["business_closing.closing"]["enterprise_taxpayer"].dropna())
    is_lead = openings["enterprise_taxpayer"].isin(set(signs.dropna())) & ~openings["enterprise_taxpayer"].isin(closed)
    return found(openings[is_lead], "enterprise_taxpayer", "registered_day")


QUESTIONS = {
    "deed/land_grant": deed_land_grant,
    "deed/transfer": deed_transfer,
    "stamp/land_and_property": stamp_land_and_property,
    "farmland/occupation": farmland_occupation,
    "fund/disability_levy": disability_levy,
    "registration/closing_with_arrears": closing_with_arrears,
    "subsidy/recipient_in_arrears": recipient_in_arrears,
    "environment/undeclared_discharge": undeclared_discharge,
    "income/subsidy_undeclared": subsidy_undeclared,
    "case/bankruptcy_claim": bankruptcy_claim,
    "registration/unregistered_business": unregistered_business,
}


def answer(frames, kinds):
    """Leads of every question, one frame a question. The tax side is exported when everything has fallen due."""
    tables = Tables(frames, kinds)
    return {name: question(tables).reset_index(drop=True) for name, question in QUESTIONS.items()}
