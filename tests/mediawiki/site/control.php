<?php
// Empties APCu between tests: everything, or all but the sessions.
$all = ( $_SERVER['WIKI_CLEAR'] ?? '' ) === 'all';
if ( $all ) {
	apcu_clear_cache();
} else {
	apcu_delete( new APCUIterator( '/^(?!.*MWSession)/' ) );
}
header( 'Content-Type: text/plain' );
echo "cleared {$_SERVER['WIKI_RUNTIME']}\n";
