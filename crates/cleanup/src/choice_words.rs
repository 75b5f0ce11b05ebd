//! The words of lists in other languages than English: states of jobs and bills, methods of payment, fuels.
//!
//! In German, French, Dutch, Spanish, Portuguese, Italian, Polish, Swedish, Danish and Norwegian, in snake case and without
//! accents; forms of both genders where they are used. The fuels are also those of the French registration document (ES, GO,
//! EL …) and of the Dutch register of vehicles.

/// Other names by the canonical word, as in `choice.rs`. A name may belong to several words; the field's list decides.
#[rustfmt::skip]
pub(super) const SYNONYMS: &[(&str, &[&str])] = &[
    // States of jobs
    ("open", &[
        "offen", "neu", "angelegt", "geplant", "terminiert", "nouveau", "nouvelle", "ouvert", "ouverte", "planifie", "planifiee", "a_faire",
        "nieuw", "gepland", "ingepland", "abierta", "abierto", "nueva", "nuevo", "pendiente", "aberta", "aberto", "nova", "novo", "pendente",
        "agendado", "aperta", "aperto", "nuova", "nuovo", "da_fare", "nowe", "nowy", "otwarte", "otwarty", "przyjete", "oppen", "ny", "bokad",
        "aben", "apen", "booket",
    ]),
    ("in_progress", &[
        "in_bearbeitung", "in_arbeit", "laufend", "begonnen", "en_cours", "en_atelier", "in_behandeling", "bezig", "in_uitvoering",
        "onderhanden", "en_curso", "en_proceso", "en_reparacion", "en_taller", "em_andamento", "em_execucao", "em_curso", "em_reparacao",
        "in_corso", "in_lavorazione", "w_trakcie", "w_realizacji", "w_toku", "pagaende", "pagar", "pabegynt", "i_gang", "igang",
        "under_arbejde", "under_arbeid",
    ]),
    ("awaiting_parts", &[
        "wartet_auf_teile", "warten_auf_teile", "wartet_auf_ersatzteile", "teile_bestellt", "en_attente_de_pieces", "en_attente_pieces",
        "attente_pieces", "pieces_commandees", "wacht_op_onderdelen", "onderdelen_besteld", "esperando_repuestos", "pendiente_de_recambios",
        "esperando_recambios", "aguardando_pecas", "a_aguardar_pecas", "in_attesa_ricambi", "in_attesa_di_ricambi", "attesa_ricambi",
        "oczekuje_na_czesci", "czeka_na_czesci", "vantar_pa_delar", "afventer_reservedele", "venter_pa_deler",
    ]),
    ("completed", &[
        "fertig", "abgeschlossen", "erledigt", "abgeholt", "fertiggestellt", "beendet", "geschlossen", "termine", "terminee", "cloture",
        "cloturee", "livre", "livree", "fini", "gereed", "klaar", "afgerond", "voltooid", "afgesloten", "terminada", "terminado",
        "finalizada", "finalizado", "cerrada", "cerrado", "entregada", "entregado", "concluida", "concluido", "fechada", "fechado",
        "entregue", "completata", "completato", "chiusa", "chiuso", "terminata", "terminato", "consegnata", "consegnato", "conclusa",
        "zakonczone", "zakonczony", "ukonczone", "wydane", "gotowe", "zamkniete", "avslutad", "klar", "fardig", "faerdig", "afsluttet",
        "ferdig", "avsluttet", "utlamnad",
    ]),
    ("invoiced", &[
        "fakturiert", "berechnet", "abgerechnet", "facture", "facturee", "gefactureerd", "facturada", "facturado", "faturada", "faturado",
        "fatturata", "fatturato", "zafakturowane", "fakturerad", "faktureret", "fakturert",
    ]),
    ("cancelled", &[
        "storniert", "abgesagt", "abgebrochen", "annule", "annulee", "geannuleerd", "anulada", "anulado", "cancelada", "cancelado",
        "annullata", "annullato", "anulowane", "anulowany", "avbokad", "avbruten", "annulleret", "avlyst", "kansellert",
    ]),
    // States of invoices
    ("draft", &["entwurf", "brouillon", "concept", "borrador", "rascunho", "bozza", "szkic", "robocza", "utkast", "kladde"]),
    ("part_paid", &[
        "teilbezahlt", "teilweise_bezahlt", "partiellement_payee", "partiellement_paye", "partiellement_reglee", "deels_betaald",
        "gedeeltelijk_betaald", "parcialmente_pagada", "parcialmente_pagado", "parcialmente_cobrada", "parcialmente_paga",
        "parcialmente_pago", "parzialmente_pagata", "parzialmente_pagato", "czesciowo_zaplacona", "czesciowo_oplacona", "delbetald",
        "delvist_betalt", "delvis_betalt",
    ]),
    ("paid", &[
        "bezahlt", "beglichen", "ausgeglichen", "payee", "paye", "reglee", "regle", "acquittee", "soldee", "betaald", "voldaan", "pagada",
        "pagado", "cobrada", "cobrado", "paga", "pago", "liquidada", "liquidado", "pagata", "pagato", "saldata", "saldato", "incassata",
        "zaplacona", "zaplacono", "zaplacone", "oplacona", "oplacone", "betald", "betalt", "slutbetald",
    ]),
    ("overdue", &[
        "uberfallig", "ueberfaellig", "verzug", "gemahnt", "angemahnt", "en_retard", "echue", "vervallen", "te_laat", "vencida",
        "vencido", "em_atraso", "atrasada", "atrasado", "scaduta", "scaduto", "po_terminie", "przeterminowana", "forfallen", "forfalden",
        "forfalt", "forfallit",
    ]),
    ("issued", &[
        "offen", "unbezahlt", "versendet", "gestellt", "erstellt", "ausgestellt", "impayee", "impaye", "non_payee", "non_paye", "a_payer",
        "envoyee", "emise", "validee", "en_attente", "openstaand", "onbetaald", "verzonden", "verstuurd", "pendiente", "emitida",
        "enviada", "no_pagada", "impagada", "por_cobrar", "em_aberto", "por_pagar", "pendente", "por_liquidar", "da_pagare", "non_pagata",
        "aperta", "emessa", "inviata", "da_saldare", "non_saldata", "niezaplacona", "nieoplacona", "wystawiona", "wyslana", "obetald",
        "skickad", "ubetalt", "sendt", "aben", "apen",
    ]),
    ("void", &[
        "storniert", "storno", "annulee", "annule", "geannuleerd", "gecrediteerd", "anulada", "anulado", "cancelada", "annullata",
        "stornata", "anulowana", "makulerad", "krediterad", "annulleret", "krediteret", "kreditert",
    ]),
    // Methods of payment
    ("cash", &[
        "bar", "bargeld", "barzahlung", "in_bar", "especes", "espece", "liquide", "comptant", "contant", "contante_betaling", "kas",
        "efectivo", "contado", "al_contado", "metalico", "dinheiro", "numerario", "a_vista", "contanti", "contante", "gotowka", "kontant",
        "kontanter", "kontantbetaling",
    ]),
    ("card", &[
        "karte", "kartenzahlung", "ec", "ec_karte", "ec_cash", "girocard", "kreditkarte", "carte", "carte_bancaire", "cb", "carte_bleue",
        "carte_de_credit", "pin", "pinnen", "pinpas", "gepind", "bancontact", "creditcard", "betaalkaart", "betaalpas", "tarjeta",
        "tarjeta_de_credito", "tarjeta_credito", "tarjeta_de_debito", "tpv", "cartao", "cartao_de_credito", "cartao_de_debito", "multibanco",
        "carta", "carta_di_credito", "bancomat", "pos", "karta", "karta_platnicza", "karta_kredytowa", "kort", "betalkort", "kortbetalning",
        "kreditkort", "dankort", "bankkort", "betalingskort",
    ]),
    ("bank_transfer", &[
        "uberweisung", "ueberweisung", "bankuberweisung", "bankueberweisung", "virement", "virement_bancaire", "overboeking", "overschrijving",
        "bankoverschrijving", "ideal", "transferencia", "transferencia_bancaria", "pix", "bonifico", "bonifico_bancario", "przelew",
        "przelew_bankowy", "bankoverforsel", "bankoverforing", "overforing", "overforsel", "bankgiro", "giro", "plusgiro",
    ]),
    ("cheque", &["scheck", "verrechnungsscheck", "talon", "assegno", "czek", "cheque_bancaire", "sjekk", "check_bancario"]),
    ("direct_debit", &[
        "lastschrift", "sepa_lastschrift", "sepa", "bankeinzug", "einzug", "prelevement", "prelevement_sepa", "prelevement_automatique", "incasso",
        "automatische_incasso", "domiciliacion", "domiciliacion_bancaria", "recibo_domiciliado", "adeudo", "debito_directo", "debito_direto",
        "addebito_diretto", "rid", "sdd", "polecenie_zaplaty", "autogiro", "betalingsservice", "avtalegiro",
    ]),
    ("account", &["rechnung", "auf_rechnung", "op_rekening", "a_cuenta", "a_credito", "en_compte", "a_prazo", "in_conto", "pa_konto", "faktura"]),
    ("other", &[
        "sonstige", "sonstiges", "andere", "gutschein", "nachnahme", "autre", "anders", "overig", "otro", "otros", "outro", "altro", "inne",
        "ovrigt", "annat", "andet", "annet", "swish", "vipps", "mobilepay", "blik", "bizum", "mb_way",
    ]),
    // Fuels
    ("petrol", &[
        "benzin", "super", "superbenzin", "ottokraftstoff", "essence", "es", "sans_plomb", "benzine", "euro_95", "euro95", "gasolina",
        "benzina", "benzyna", "pb", "bensin",
    ]),
    ("diesel", &["gazole", "gasoil", "gasoleo", "go", "gasolio", "olej_napedowy", "on", "gas_oil"]),
    ("electric", &[
        "elektro", "elektrisch", "strom", "electrique", "el", "elektriciteit", "electrico", "electrica", "eletrico", "eletrica", "elettrica",
        "elettrico", "elektryczny", "elektryczne", "energia_elektryczna", "elektrisk", "elektricitet",
    ]),
    ("hybrid", &[
        "hybride", "eh", "hibrido", "hibrida", "ibrida", "ibrido", "hybryda", "hybrydowy", "hybrid_benzin", "hybrid_diesel", "elhybrid",
        "benzin_elektro", "diesel_elektro", "benzin_el", "essence_electrique", "ee", "gazole_electrique",
    ]),
    ("plug_in_hybrid", &[
        "plug_in", "plugin", "hybride_rechargeable", "hibrido_enchufable", "hibrido_plug_in", "ibrida_plug_in", "ibrido_plug_in",
        "hybryda_plug_in", "laddhybrid", "ladbar_hybrid", "opladningshybrid", "plug_in_hybride",
    ]),
    ("lpg", &["flussiggas", "fluessiggas", "gpl", "glp", "gp", "autogaz", "essence_gpl", "benzina_gpl", "gasolina_glp", "benzyna_lpg", "gaz"]),
    ("other", &[
        "erdgas", "wasserstoff", "gnv", "gnc", "gn", "aardgas", "waterstof", "gas_natural", "hidrogeno", "gas_natural_veicular", "hidrogenio",
        "metano", "idrogeno", "wodor", "naturgas", "alcool", "etanol", "etanolo", "flex", "bioethanol", "superethanol", "vatgas", "brint",
    ]),
    // Addresses
    ("shipping", &["lieferung", "lieferadresse", "livraison", "levering", "aflevering", "envio", "entrega", "consegna", "spedizione", "dostawa", "leverans"]),
    ("billing", &["rechnungsadresse", "facturation", "factuur", "facturacion", "faturacao", "fatturazione", "faktura"]),
];
