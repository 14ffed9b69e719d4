"""Two people whose every row carries a marker: what belongs to one must not be found with the other."""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.idp.oidc.models import Client, Token
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import CHANGE, LogEntry

from accounts.consents import consents
from accounts.models import (
    Address,
    Case,
    CaseLink,
    CaseMessage,
    Connection,
    ConsentText,
    CustomerInvitation,
    CustomerMerge,
    Erasure,
    Export,
    MailBlock,
    MemberInvitation,
    Membership,
    NoticePreference,
    NoticeTimes,
    Organisation,
    Partner,
    PushSubscription,
    SpentToken,
    StaffInvitation,
    User,
)
from accounts.telling import inbox
from common.codes import new_code
from common.models import IdempotencyKey
from community import editing
from community.models import MemberProfile, Post, Report, TopicRead
from documents import papers, signing
from journal import log
from subscriptions.models import Declaration, DeclarationAnswer
from tests.factories.accounts import UserFactory
from tests.factories.cases import opened
from tests.factories.community import CategoryFactory, open_topic, reply
from tests.factories.documents import KIND, PAPER, DocumentFactory, picture_bytes
from tests.factories.money_of_people import fill_money
from tests.factories.subscriptions import subscribed
from tests.factories.vehicles import ShareFactory, TransferFactory, own
from tests.factories.visits_of_people import fill_workshop
from vehicles import whole_garage
from vehicles.models import OwnershipClaim
from vehicles.ownership import release_vehicle

COLOURS = {"alpha": "teal", "omega": "orange"}


def person(marker: str, **more: Any) -> User:
    """Somebody whose name, address and everything else says ``marker``."""
    return UserFactory.create(
        email=f"{marker}@example.org",
        first_name=f"{marker}-first",
        last_name=f"{marker}-last",
        phone=f"{marker}-phone",
        **more,
    )


def fill_account(user: User, marker: str, colleague: User, now: datetime) -> None:
    Address.objects.create(user=user, street=f"{marker}-street", postcode="22767", town=f"{marker}-town")
    address = EmailAddress.objects.get(user=user)
    EmailConfirmation.objects.create(email_address=address, key=f"{marker}-SECRET-confirm", sent=now)
    Authenticator.objects.create(
        user=user, type="webauthn", data={"name": f"{marker}-passkey", "credential": f"{marker}-SECRET-key"}
    )
    outside = SocialAccount.objects.create(
        user=user, provider="oidc", uid=f"{marker}-uid", extra_data={"nickname": f"{marker}-outside"}
    )
    SocialToken.objects.create(account=outside, token=f"{marker}-SECRET-token")
    UserSession.objects.create(
        user=user,
        session_key=f"{marker}-SECRET-session",
        ip="192.0.2.7",
        user_agent=f"{marker}-browser/1.0",
        last_seen_at=now,
    )
    PushSubscription.objects.create(
        user=user,
        endpoint=f"https://push.example/{marker}-SECRET",
        p256dh="k",
        auth="a",
        device=f"{marker}-device",
        created_at=now,
    )
    IdempotencyKey.objects.create(user=user, route="POST /", key=marker, answer="{}", created_at=now)
    LogEntry.objects.create(
        user=user, action_flag=CHANGE, object_id=str(user.pk), object_repr=f"{marker}-repr"
    )
    StaffInvitation.objects.create(
        email=str(user.email),
        role="advisor",
        token_hash=new_code(),
        invited_by=colleague,
        invited_at=now,
        expires_at=now + timedelta(days=7),
    )
    CustomerInvitation.objects.create(
        user=user,
        email=str(user.email),
        token_hash=new_code(),
        invited_by=colleague,
        invited_at=now,
        expires_at=now,
    )
    gone = User.objects.create(email=None, standing=User.Standing.MERGED, is_active=False)
    CustomerMerge.objects.create(
        kept=user, gone=gone, proof="staff", at=now, before={"first_name": f"{marker}-before"}
    )
    Erasure.objects.create(user=user, requested_at=now, due_at=now, cancelled_at=now)
    Export.objects.create(user=user, state=Export.State.FAILED, requested_at=now)
    with_event = user
    log.record("accounts.profile_changed", by=user, subject=with_event, data={"fields": []}, audience=[user])


def fill_dealings(user: User, marker: str, colleague: User, now: datetime) -> None:
    inbox.notify(user=user, kind="accounts.case_opened", params={"code": f"{marker}-notice"})
    NoticePreference.objects.create(user=user, group="car", channel="mail", wanted=False)
    NoticeTimes.objects.get_or_create(user=user, defaults={"digest": "daily"})
    MailBlock.objects.create(email=str(user.email), reason=f"{marker}-refused", at=now)
    purpose = consents.all_purposes()[0].name
    text = ConsentText.objects.filter(purpose=purpose).order_by("-version").first()
    assert text is not None
    consents.give_consent(by=user, purpose=purpose, version=text.version, way=consents.Way.PAGE, now=now)
    client = Client.objects.create(name=f"{marker}-partner", owner=colleague)
    partner = Partner.objects.create(
        client=client,
        name=f"{marker}-partner",
        field="charging",
        about_de="x",
        about_en="x",
        website="https://p.example",
        privacy_url="https://p.example/p",
        contact_email="p@p.example",
        created_at=now,
        created_by=colleague,
    )
    held = Connection.objects.create(user=user, partner=partner, scopes=["openid"], since=now)
    SpentToken.objects.create(hash=f"{marker}-SECRET-spent", connection=held, chain="c", spent_at=now)
    Token.objects.create(
        user=user,
        client=client,
        type=Token.Type.ACCESS_TOKEN,
        hash=f"{marker}-SECRET-access",
        scopes="openid",
    )
    organisation = Organisation.objects.create(
        name=f"{marker}-organisation", legal_form="gmbh", created_at=now
    )
    Membership.objects.create(organisation=organisation, user=user, role="driver", since=now)
    MemberInvitation.objects.create(
        organisation=organisation,
        email=str(user.email),
        role="fleet",
        invited_by=colleague,
        invited_at=now,
        expires_at=now,
    )


def fill_desk(user: User, marker: str, colleague: User, now: datetime) -> Case:
    case = opened(user, now=now, title=f"{marker}-title", text=f"{marker}-asked")
    CaseMessage.objects.create(case=case, author=colleague, text=f"{marker}-answered", at=now)
    CaseMessage.objects.create(
        case=case, author=colleague, internal=True, text=f"{marker}-SECRET-note", at=now
    )
    CaseLink.objects.get_or_create(case=case, kind="vehicles.vehicle", object_id=1)
    opened(None, now=now, title=f"{marker}-as-guest", text=f"{marker}-guest-text", contact=_contact(user))
    picture = picture_bytes(colour=COLOURS.get(marker, "navy"))
    DocumentFactory.create(by=user, kind=KIND, content=picture, name=f"{marker}-picture.jpg")
    paper = papers.keep_file(
        kind=PAPER,
        content=f"{marker}-paper".encode(),
        media_type="application/pdf",
        name=f"{marker}-paper",
        owner=user,
        about=user,
        now=now,
    )
    signing.sign(
        document=paper,
        sha256=paper.sha256,
        signer=user,
        signer_name=f"{marker}-signer",
        strokes=[[[100, 100, 0], [500, 400, 90], [800, 100, 200], [900, 700, 300]]],
        device=f"{marker}-tablet",
        language="de",
        now=now,
    )
    return case


def _contact(user: User) -> Any:
    from accounts.cases.cases import Contact

    return Contact(name=user.display_name, email=user.email or "", phone=user.phone)


def fill_garage(user: User, marker: str, other: User, colleague: User, now: datetime) -> None:
    """A car with a share for, and an offer from, the other; a contract, a visit, a claim."""
    car = own(user, plate=f"{marker[:5]} 1", nickname=f"{marker}-car")
    borrowed = own(other, nickname=f"{other.first_name}-lent")
    ShareFactory.create(vehicle=borrowed, user=user, given_by=other, email=user.email)
    garage = whole_garage.share_whole_garage(by=other, email=str(user.email), role="family", now=now)
    whole_garage.accept_garage(by=user, garage=garage, now=now)
    TransferFactory.create(vehicle=own(other), offered_by=other, email=user.email)
    contract = subscribed(user, car, now=now)
    declared = Declaration.objects.create(
        code=new_code(),
        kind="cancel",
        manner="ordinary",
        reason=f"{marker}-reason",
        name=user.display_name,
        email=str(user.email),
        contract_hint="x",
        contract=contract,
        by=user,
        language="de",
        received_at=now,
    )
    DeclarationAnswer.objects.create(
        declaration=declared, outcome="clarified", note=f"{marker}-SECRET-answer", at=now
    )
    fill_workshop(user, marker, car=car, colleague=colleague, now=now)
    fill_money(user, marker, contract=contract, colleague=colleague, now=now)
    OwnershipClaim.objects.create(
        code=new_code(),
        vin="WNLN5AZZZTH999999",
        claimant=other,
        recorded_owner=user,
        document=DocumentFactory.create(by=other, content=picture_bytes(colour="red"), name="others.jpg"),
        claimed_at=now,
        objection_until=now,
        owner_answer="objected",
        owner_words=f"{marker}-words",
    )


def fill_forum(user: User, marker: str, other: User, now: datetime) -> None:
    topic = open_topic(now=now, by=user, title=f"{marker}-topic", text=f"{marker}-first-wording")
    first = topic.posts.get()
    editing.edit_post(by=user, post=first, text=f"{marker}-first-post", version=1, now=now)
    reply(topic, now=now, by=other, text=f"{other.first_name}-reply")
    member = MemberProfile.objects.get(user=user)
    member.handle = f"{marker}-handle"
    member.handle_key = f"{marker}-key"
    member.save()
    TopicRead.objects.get_or_create(user=user, topic=topic)
    Report.objects.create(
        code=new_code(),
        post=Post.objects.filter(author__user=other)[0],
        reported_by=user,
        notifier_name=user.display_name,
        notifier_email=user.email or "",
        reason="insult",
        explanation=f"{marker}-explanation",
        good_faith=True,
        created_at=now,
    )


def fill_everything(user: User, marker: str, *, other: User, colleague: User, now: datetime) -> None:
    """A row of every model that holds something of a person."""
    CategoryFactory.create()
    fill_account(user, marker, colleague, now)
    fill_dealings(user, marker, colleague, now)
    fill_desk(user, marker, colleague, now)
    fill_garage(user, marker, other, colleague, now)
    fill_forum(user, marker, other, now)


def end_what_holds(user: User, *, now: datetime) -> None:
    """Cars given up, contracts ended: nothing is in the way any more."""
    for ownership in user.ownerships.filter(period__endswith__isnull=True).select_related("vehicle"):
        release_vehicle(by=user, vehicle=ownership.vehicle, now=now)
    user.contracts.update(ends_on=now.date(), cancelled_at=now)
