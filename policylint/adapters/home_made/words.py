"""Keys and values as teams write them → what they mean: English, Spanish, Portuguese, German, French and Indonesian.

The tables hold what public files of this kind use; a key is looked up without case, accents and separators, and where
it names a channel (``whatsapp_message``, ``emailSubject``) without that.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# What a key can mean. Facets of a campaign, which recognition counts, are among them; see signs.py.
DESCRIPTION = "description"
IDENTIFIER, NAME, STATUS, ENABLED, PURPOSE, CATEGORY = "identifier", "name", "status", "enabled", "purpose", "category"
TEXT, WINDOW_TEXT, PROMPT, EXAMPLE, SUBJECT = "text", "window_text", "prompt", "example", "subject"
TEMPLATE, TEMPLATE_NAME, LANGUAGE, VARIABLES = "template", "template_name", "language", "variables"
RECIPIENTS, COUNT, AUDIENCE, ADDRESS, COLUMN = "recipients", "count", "audience", "address", "column"
COUNTRY, KEYWORDS = "country", "keywords"
PACE, SCHEDULE, DAILY, SPACING, LEAST, MOST = "pace", "schedule", "daily", "spacing", "least", "most"
START, FIRST_DAY, END, RECURRENCE, ZONE = "start", "first_day", "end", "recurrence", "zone"
OPT_OUT, OPT_IN, SUPPRESSION, CHANNEL, ACCOUNT, SENDER_NAME = (
    "opt_out",
    "opt_in",
    "suppression",
    "channel",
    "account",
    "sender_name",
)
OUTCOME, STEPS, WAIT, DAY, PROVIDER, ROTATION, TYPING, WARM_UP = (
    "outcome",
    "steps",
    "wait",
    "day",
    "provider",
    "rotation",
    "typing",
    "warm_up",
)
CONTENT, SETTINGS, FOREIGN = "content", "settings", "foreign"

_KEYS: dict[str, str] = {
    IDENTIFIER: "id key slug code codigo uid uuid campaignid campaigncode identifier kennung",
    NAME: "name campaignname title nome nombre nom nama titel titulo titre judul bezeichnung nomecampanha"
    " nombrecampana namakampanye kampagnenname label",
    DESCRIPTION: "description desc notes note comment comments descripcion descricao descrizione beschreibung notas"
    " anmerkung bemerkung kommentar comentario commentaire remarque keterangan deskripsi catatan usagenote",
    STATUS: "status state estado situacao statut zustand",
    ENABLED: "enabled active isactive isenabled ativo ativa activo activa aktiv actif aktif habilitado habilitada"
    " paused disabled pausado pausada",
    PURPOSE: "purpose type kind campaigntype tipo tipocampanha zweck objetivo objective tujuan finalidade proposito"
    " campaignpurpose art",
    CATEGORY: "category categoria kategorie categorie kategori templatecategory",
    # What is said.
    TEXT: "message messages msg text body content copy html bodytext bodyhtml htmlbody textbody htmlcontent"
    " messagetext messagebody messagecontent messagetemplate textmessage bodytemplate texttemplate contenttemplate"
    " templatetext templatebody templatecontent caption"
    " mensaje mensajes mensajetexto textomensaje cuerpo contenido plantillamensaje mensajeplantilla texto"
    " mensagem mensagens mensagemtexto textomensagem corpo conteudo templatemensagem mensagemtemplate modelomensagem"
    " nachricht nachrichten nachrichtentext inhalt vorlagentext"
    " texte corps contenu textemessage corpsmessage"
    " pesan isipesan teks tekspesan templatepesan pesantemplate isi",
    WINDOW_TEXT: "text24h message24h textwithin24h sessiontext sessionmessage windowtext textinwindow servicetext"
    " mensagem24h mensaje24h freeformtext",
    PROMPT: "prompt aiprompt promptai promptia iaprompt promptbase promptbaseia messageprompt promptmessage"
    " promptmensagem promptmensaje promptpesan gptprompt llmprompt promptgpt",
    EXAMPLE: "example examplemessage samplemessage exemplo exemplomensagem ejemplo ejemplomensaje beispiel"
    " beispielnachricht beispieltext exemple exemplemessage contoh contohpesan",
    SUBJECT: "subject subjectline subjectlines subjecttemplate mailsubject assunto asunto betreff betreffzeile"
    " objet sujet subjek",
    TEMPLATE: "template templateid templatekey templateprefix templatefile templatepath templatesdir templatedir"
    " plantilla plantillaid idplantilla vorlage vorlagenid vorlagendatei modelemessage templatepromptid htmlfile"
    " htmltemplate textfile bodyfile messagefile mailfile emailfile sequencefile",
    TEMPLATE_NAME: "templatename templatesid contentsid hsm hsmname hsmtemplate approvedtemplate metatemplate"
    " nometemplate nombreplantilla vorlagenname nomtemplate namatemplate watemplate",
    LANGUAGE: "language lang languagecode templatelang templatelanguage locale idioma sprache langue bahasa linguagem",
    VARIABLES: "variables vars placeholders params parameters templateparams templatevariables bodyparams"
    " bodyparameters templateparameters variaveis variabeln variabel platzhalter parametros mergefields"
    " personalization",
    # Whom it goes to.
    RECIPIENTS: "recipients recipientids recipientlist recipientnumbers recipientsfile contacts contactids"
    " contactlist contactsfile selectedcontacts selectedcontactids phones phonenumbers phonelist mobiles"
    " mobilenumbers subscribers leads leadsfile emaillist emails emailaddresses chatids jids targets numbers"
    " destinatarios destinataires contatos contactos contatosids listacontatos listacontactos listadecontatos"
    " listadecontactos telefones telefonos numeros celulares empfanger empfaenger empfangerliste empfaengerliste"
    " kontakte abonnenten rufnummern telefonnummern penerima daftarpenerima daftarnomor daftarkontak nomortujuan"
    " kontak abonnes numerosdestino csvfile csvpath contactscsv leadscsv recipientscsv excelfile",
    COUNT: "recipientcount recipientscount totalrecipients totalcontacts contactcount contactscount totaltargets"
    " audiencesize totalcontatos totalcontactos totalpenerima targetcount totalnumeros",
    AUDIENCE: "audience audiences targetaudience audiencia audiens segment segments segmentid segmentids segmento"
    " segmentos targetsegment targetsegments zielgruppe zielgruppen publico publicoalvo publicoobjetivo cible"
    " cibles group groups groupid groupids groupname contactgroup contactgroups grupo grupos gruppe gruppen list"
    " lists listid listids listname lista listas liste listen listes mailinglist",
    ADDRESS: "to chatid chat jid remotejid phone phonenumber recipient recipientphone destinatario destinataire"
    " telefono telefone telephone celular numero nomor nomorhp msisdn waid empfangernummer tujuan number",
    COLUMN: "phonecolumn phonefield phonecol numbercolumn columnatelefono campotelefono colunatelefone campotelefone"
    " telefonspalte spaltetelefon colonnatelefono colonnetelephone kolomnomor kolomtelepon",
    COUNTRY: "country countries countrycode countrycodes pais paises lander laender pays negara defaultregion",
    # When, how often and how fast.
    SCHEDULE: "schedule scheduling sendschedule sendwindow sendingwindow window windowstart windowend allowedhours"
    " allowedhoursstart allowedhoursend quiethours businesshours sendhour sendhours sendtime hourstart hourend"
    " starthour endhour sendinghours workinghours"
    " agendamento agenda programacion programacao horario horarioenvio horaenvio horarioinicio ventanaenvio"
    " janelaenvio versand versandzeit sendezeit sendefenster zeitplan zeitfenster jadwal waktukirim"
    " planification plageenvoi heureenvoi",
    START: "scheduledat scheduledfor scheduledtime scheduleddate scheduledate scheduletime scheduled sendat senddate"
    " sendon startat dataagendada agendadopara dataenvio dataenvo fechaenvio fechaprogramada programadopara"
    " versanddatum versandam geplantfur geplantam tanggalkirim jadwalkirim dateenvoi sdate scheduleinitialat",
    FIRST_DAY: "startdate startson launchdate launchat datainicio fechainicio startdatum datedebut tanggalmulai",
    END: "endat enddate endson datafim fechafin fechafinal enddatum datefin tanggalselesai",
    RECURRENCE: "cron crontab cronexpression cronschedule agendamentocron repeat recurrence recurring frequency"
    " frecuencia frequencia haufigkeit frequence frekuensi rrule",
    ZONE: "timezone tz zone zonahoraria fusohorario zeitzone fuseau fuseauhoraire zonawaktu",
    PACE: "ratelimit ratelimits ratelimiting throttle throttling pacing sendinglimits sendlimits sending limits limites"
    " antiban antispam maxperrun perrun maxperhour perhour maxperminute perminute messagesperminute messagesperhour"
    " hourlylimit limiteporhora batchsize batchdelay tamanholote tamanolote loteenvio stapelgrosse maxemailsperrun"
    " sendrate mailboxhourly",
    DAILY: "dailylimit dailycap dailymax dailyquota maxperday perday limitediario limiteenviosdia limitepordia"
    " tageslimit maxprotag batasharian limitejournaliere emailsperday messagesperday maxdaily maxdailysends"
    " mailboxdaily",
    SPACING: "delayms delayseconds delaybetween delaybetweenmessages delaybetweenms delaybetweenseconds intervalms"
    " intervalseconds sendinterval messageinterval messagedelay messagedelayms intervalo intervaloenvios"
    " intervaloenviossegundos intervalosegundos esperaentremensajes intervaloentremensajes jeda jedapesan"
    " throttleseconds throttlems pauseseconds minsenddelayseconds abstandsekunden",
    LEAST: "mindelay mindelayms mindelayseconds delaymin delayminms delayminseconds delayminminutes minintervalo"
    " intervalomin intervalomin intervalominimo throttlesecondsmin jedamin mininterval delaymsmin delayfrom",
    MOST: "maxdelay maxdelayms maxdelayseconds delaymax delaymaxms delaymaxseconds delaymaxminutes maxintervalo"
    " intervalomax intervalomaximo throttlesecondsmax jedamax maxinterval delaymsmax delayto",
    # Agreement and its end.
    OPT_OUT: "optout optouts optoutkeywords optoutmessage unsubscribe unsubscribelink unsubscribeurl"
    " unsubscribekeywords unsubscribeemail includeunsubscribe addunsubscribe unsubscribeinstruction htmlunsub"
    " stopkeywords stopwords baja palabrasbaja darsedebaja bajakeywords descadastro descadastrar cancelarinscricao"
    " palavrassair palavrasparar abmeldung abmelden abmeldelink abbestellen desabonnement desinscription"
    " liendesinscription berhenti berhentilangganan katakunciberhenti",
    KEYWORDS: "keywords words triggers palabras palabrasclave palavras palavraschave stichworte stichworter"
    " schlagworter"
    " motscles katakunci",
    OPT_IN: "optin optins optinsource optinrequired requireoptin optinevidence consent consentsource consentrequired"
    " requireconsent consentimiento consentimento einwilligung consentement persetujuan doubleoptin",
    SUPPRESSION: "suppression suppressionlist suppressionlists suppressed donotcontact dnc dnclist blacklist blocklist"
    " denylist listanegra listabloqueio sperrliste excludelist optoutlist listerouge",
    # How it travels, and what became of it.
    CHANNEL: "channel channels canal canais canales canaux kanal kanale kanaele saluran medium via",
    ACCOUNT: "fromemail fromaddress senderemail senderid senderaccount defaultsenderaccount accountid sessionid"
    " sessionname session instance instanceid instancename instancia nomeinstancia apiid phonenumberid wabaid deviceid"
    " remetente remitente absender absenderadresse pengirim expediteur replyto reply2",
    SENDER_NAME: "fromname sendername senderdisplayname displayname nomeremetente nombreremitente absendername"
    " namapengirim nomexpediteur",
    OUTCOME: "sent sentcount failed failedcount failcount successcount delivered deliveredcount deliverystatus"
    " stats replystats counters messagessent totalsent opens openedcount clickedcount unsubscribes enviados"
    " totalenviado totalenviados fallidos falhas gesendet terkirim envoyes",
    STEPS: "steps stages touches touchpoints sequence emails messages sends followups followup pasos etapas passos"
    " schritte etapes langkah seguimientos sequencia secuencia",
    WAIT: "waitdays delaydays waithours delayhours waitdaysafterprevious daysafterprevious dayoffset offsetdays"
    " sendafterdays afterdays daysdelay dayswait followupdays diasespera esperadias diasdepois diasdespues wartetage"
    " tagewarten joursattente haridelay jedahari delayindays daysaftersignup",
    DAY: "day dia tag jour hari",
    PROVIDER: "provider gateway apiprovider sendprovider proveedor provedor anbieter fournisseur penyedia baseurl"
    " apiurl endpoint url tipoapi",
    ROTATION: "senderrotation numberrotation accountrotation rotatesenders rotatenumbers rotateaccounts simrotation"
    " rotacaonumeros rotacionnumeros",
    TYPING: "typingtime typingdelay typingdelayms simulatetyping typingsimulation typing simularescritura"
    " simulardigitacao tippensimulieren humandelay humanlikedelay humanlike humanize",
    WARM_UP: "warmup warmupmode warmupschedule warmupdays aquecimento calentamiento rampup",
    CONTENT: "payload contentblock",
    SETTINGS: "settings options config policy defaults configuracion configuracao configuracoes ajustes einstellungen"
    " parametres pengaturan campaign campana campanha kampagne campagne kampanye mail outreach",
}
ROLES: dict[str, str] = {key: role for role, keys in _KEYS.items() for key in keys.split()}
# Keys of STEPS may hold a text or a wait as well; the value decides.
ALSO_STEPS = frozenset(_KEYS[STEPS].split())

CHANNELS: dict[str, str] = {
    **dict.fromkeys(
        ("whatsapp", "wa", "wapp", "wpp", "wsp", "zap", "whatsappbusiness", "whatsappapi", "waba"), "whatsapp"
    ),
    **dict.fromkeys(("email", "mail", "correo", "correoelectronico", "courriel", "surel"), "email"),
    **dict.fromkeys(("sms", "textmessage", "mms"), "sms"),
    **dict.fromkeys(("messenger", "facebookmessenger", "fbmessenger"), "messenger"),
    **dict.fromkeys(("instagramdm", "igdm", "instagramdirect"), "instagram"),
    **dict.fromkeys(("push", "pushnotification", "webpush", "mobilepush"), "push"),
    **dict.fromkeys(("voice", "call", "phonecall", "llamada", "ligacao", "anruf", "appel", "ivr"), "voice"),
    **{name: name for name in ("rcs", "telegram", "viber", "line", "signal", "threema")},
}
"""What a file calls a channel, without case and separators → the channel of the record."""
OTHER_CHANNELS = frozenset(
    {"linkedin", "linkedindm", "linkedinconnection", "inmail", "slack", "discord", "teams", "dm"}
)
"""Ways to write to people for which the record has no channel."""

_FOREIGN_KEYS = (
    # advertising
    "adset adsets adgroup adgroups adcopy adaccountid advertiser bid bidstrategy billingevent optimizationgoal budget"
    " dailybudget lifetimebudget totalbudget budgettype creative creatives creativeid creativeurl impressions cpc cpm"
    " cpa cpl roas adspend spend placements pixelid landingpageid"
    # fund-raising
    " raised amountraised raisedamount goalamount fundinggoal targetamount donors donations donationgoal donationlink"
    " beneficiary beneficiaries beneficiaryside pledges backers donated donationrecipients fundraiser"
    # games and experiments
    " players monsters quests npcs npc encounters factions dungeonmaster gamesystem ruleset characters epochs dataset"
    " hyperparameters"
    # posts in public, and messages that came in
    " hashtags tweetid tweettext posturl subreddit isread unread read starred folder threadid inreplyto receivedat"
    " fromme inbox mailbox messageid msgid wamid pushname notifyname messagetimestamp isgroup conversationid"
    " ticketid requester assignee assignedto"
    # games and lessons, appointments, reports, alerts, deployments
    " rewards loot lessons timetable curriculum teacher room attendees organizer isonlinemeeting allday"
    " query sql dashboardid chartid monitors sla severity runbook runbookurl symbols tickers"
    " shift replicacount nodeselector tolerations imagepullpolicy"
    # other formats
    " openapi swagger apiversion properties components connections nodes edges states screens messagingproduct"
    " specversion assettype customerkey doctype entrynode channelkey definition"
)
FOREIGN_KEYS = frozenset(_FOREIGN_KEYS.split())
"""Keys that no messaging campaign has, without case and separators."""

_PACE = re.compile(
    r"(?:max|limit|cap)\w*?(?:daily|hourly|per(?:day|hour|minute|run|batch))\w*"
    r"|(?:daily|hourly)\w*?(?:max|limit|cap|quota)\w*"
    r"|(?:messages|msgs|emails|sends|sms)(?:per|a)(?:day|hour|minute|second)\w*"
    r"|\w*(?:delay|throttle|drip|interval)\w*?(?:ms|seconds|secs|minutes)"
)
_SEPARATED = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")
_CHANNEL_WORDS = frozenset({"whatsapp", "wa", "wpp", "zap", "email", "mail", "sms", "telegram"})
_UNITS = re.compile(r"(?:ms|milliseconds|seconds|secs|sec|segundos|sekunden|detik|minutes|minutos|minuten|menit)\Z")


@lru_cache(maxsize=4096)
def plain(key: str) -> str:
    """Return a key without case, accents and separators."""
    decomposed = unicodedata.normalize("NFKD", key)
    return "".join(character for character in decomposed.casefold() if character.isalnum() or character == "$")


@lru_cache(maxsize=4096)
def role_of(key: str) -> str | None:
    """Return what a key means, or None."""
    name = plain(key)
    if name in FOREIGN_KEYS:
        return FOREIGN
    known = ROLES.get(name) or ROLES.get(_UNITS.sub("", name)) or ROLES.get(_without_channel(key))
    return known or (PACE if _PACE.fullmatch(name) else None)


@lru_cache(maxsize=4096)
def channel_in_key(key: str) -> str | None:
    """Return the channel that a key names beside something that a campaign has: ``whatsapp_message``."""
    return channel_word(key) if plain(key) not in ROLES and _without_channel(key) in ROLES else None


@lru_cache(maxsize=4096)
def channel_word(key: str) -> str | None:
    """Return the first channel that a word of a key names: ``email_accounts``."""
    return next((CHANNELS[word] for word in _words(key) if word in _CHANNEL_WORDS), None)


def _without_channel(key: str) -> str:
    words = _words(key)
    rest = "".join(word for word in words if word not in _CHANNEL_WORDS)
    return rest if len(rest) < sum(map(len, words)) else ""


def _words(key: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", key)
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return [word.lower() for word in _SEPARATED.findall(bare.replace("WhatsApp", "Whatsapp").replace("eMail", "email"))]
