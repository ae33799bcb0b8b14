<?php
// Runs before every script of the test wiki, and keeps what it gives out in confidence: session cookies and tokens. A test
// can then look whether Wikimop wrote one of them anywhere.
if ( getenv( 'WIKI_ISSUED' ) ) {
	ob_start( static function ( string $body, int $phase ): string {
		static $whole = '';
		$whole .= $body;
		if ( $phase & PHP_OUTPUT_HANDLER_FINAL ) {
			$text = str_starts_with( $whole, "\x1f\x8b" ) ? gzdecode( $whole ) : $whole;
			preg_match_all( '/"[a-z]*token":"([^"]{16,})"/', (string)$text, $tokens );
			$issued = array_map( static fn ( string $token ) => json_decode( "\"$token\"" ), $tokens[1] );
			foreach ( headers_list() as $header ) {
				if ( preg_match( '/^set-cookie: *[^=]*(?:session|token)=([^;]{16,})/i', $header, $cookie ) ) {
					$issued[] = urldecode( $cookie[1] );
				}
			}
			if ( $issued ) {
				file_put_contents( getenv( 'WIKI_ISSUED' ), implode( "\n", $issued ) . "\n", FILE_APPEND | LOCK_EX );
			}
		}
		return $body;
	} );
}
