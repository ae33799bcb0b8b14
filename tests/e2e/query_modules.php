<?php
// Query modules that core lacks, as an extension registers them; and what an extension adds to modules of core.

use Wikimedia\ParamValidator\ParamValidator;
use Wikimedia\ParamValidator\TypeDef\IntegerDef;

/** Pages of the main or another namespace by the beginning of their titles: list and generator. */
class ApiQueryTestPages extends ApiQueryGeneratorBase {
	public function __construct( ApiQuery $query, $name ) {
		parent::__construct( $query, $name, 'tp' );
	}

	public function execute() {
		$this->found( null );
	}

	public function executeGenerator( $resultPageSet ) {
		$this->found( $resultPageSet );
	}

	private function found( $resultPageSet ) {
		$given = $this->extractRequestParams();
		$db = $this->getDB();
		$this->addTables( [ 'page', 'revision' ] );
		$this->addJoinConds( [ 'revision' => [ 'JOIN', 'rev_id = page_latest' ] ] );
		$this->addFields( $resultPageSet ? $resultPageSet->getPageTableFields() : [ 'page_id', 'page_namespace', 'page_title' ] );
		$this->addWhereFld( 'page_namespace', $given['namespace'] );
		$this->addWhere( 'page_title' . $db->buildLike( strtr( $given['titles'], ' ', '_' ), $db->anyString() ) );
		if ( $given['kind'] !== 'all' ) {
			$this->addWhereFld( 'page_is_redirect', $given['kind'] === 'redirect' ? 1 : 0 );
		}
		if ( $given['since'] !== null ) {
			$this->addWhere( 'rev_timestamp >= ' . $db->addQuotes( $db->timestamp( $given['since'] ) ) );
		}
		$this->addWhere( 'page_len >= ' . (int)$given['size'] );
		foreach ( $given['bounds'] as $bound ) {
			// a templated parameter
			$this->addWhere( 'page_len ' . ( $bound === 'least' ? '>=' : '<=' ) . (int)$given["$bound-size"] );
		}
		if ( $given['even'] ) {
			$this->addWhere( 'page_id % 2 = 0' );
		}
		if ( $given['continue'] !== null ) {
			$this->addWhere( 'page_id <= ' . (int)$given['continue'] );
		}
		// the youngest first, which a generator's answer does not tell
		$this->addOption( 'ORDER BY', 'page_id DESC' );
		$this->addOption( 'LIMIT', $given['limit'] + 1 );
		$count = 0;
		$pages = [];
		foreach ( $this->select( __METHOD__ ) as $row ) {
			if ( ++$count > $given['limit'] ) {
				$this->setContinueEnumParameter( 'continue', $row->page_id );
				break;
			}
			if ( $resultPageSet !== null ) {
				$resultPageSet->processDbRow( $row );
			} else {
				$entry = [ 'pageid' => (int)$row->page_id ];
				ApiQueryBase::addTitleInfo( $entry, Title::makeTitle( $row->page_namespace, $row->page_title ) );
				$pages[] = $entry;
			}
		}
		if ( $resultPageSet === null ) {
			$this->getResult()->addValue( 'query', $this->getModuleName(), $pages );
		}
	}

	public function getAllowedParams() {
		return [
			'titles' => [ ParamValidator::PARAM_REQUIRED => true ],
			'namespace' => [
				ParamValidator::PARAM_TYPE => 'namespace', ParamValidator::PARAM_ISMULTI => true, ParamValidator::PARAM_DEFAULT => NS_MAIN
			],
			'since' => [ ParamValidator::PARAM_TYPE => 'timestamp' ],
			'kind' => [ ParamValidator::PARAM_TYPE => [ 'all', 'redirect', 'article' ], ParamValidator::PARAM_DEFAULT => 'all' ],
			'size' => [
				ParamValidator::PARAM_TYPE => 'integer', ParamValidator::PARAM_DEFAULT => 0,
				IntegerDef::PARAM_MIN => 0, IntegerDef::PARAM_MAX => 1000
			],
			'bounds' => [
				ParamValidator::PARAM_TYPE => [ 'least', 'most' ], ParamValidator::PARAM_ISMULTI => true, ParamValidator::PARAM_DEFAULT => ''
			],
			'{bound}-size' => [
				ParamValidator::PARAM_TYPE => 'integer', ParamValidator::PARAM_REQUIRED => true,
				ApiBase::PARAM_TEMPLATE_VARS => [ 'bound' => 'bounds' ]
			],
			'even' => false,
			// fewer than most, so that the tests see a second page of results
			'limit' => [
				ParamValidator::PARAM_TYPE => 'limit', ParamValidator::PARAM_DEFAULT => 5,
				IntegerDef::PARAM_MIN => 1, IntegerDef::PARAM_MAX => 5, IntegerDef::PARAM_MAX2 => 7
			],
			'continue' => null,
		];
	}
}

/** The subpages of pages: a property generator. */
class ApiQueryTestBelow extends ApiQueryGeneratorBase {
	public function __construct( ApiQuery $query, $name ) {
		parent::__construct( $query, $name, 'tb' );
	}

	public function execute() {
		$this->dieDebug( __METHOD__, 'only as a generator' );
	}

	public function executeGenerator( $resultPageSet ) {
		$found = [];
		foreach ( $this->getPageSet()->getGoodPages() as $page ) {
			foreach ( Title::castFromPageIdentity( $page )->getSubpages() as $below ) {
				$found[] = $below;
			}
		}
		$resultPageSet->populateFromTitles( $found );
	}

	public function getAllowedParams() {
		return [];
	}
}

/** Numbers: a list, no generator, and none of pages. */
class ApiQueryTestNumbers extends ApiQueryBase {
	public function execute() {
		$this->getResult()->addValue( 'query', $this->getModuleName(), [ [ 'number' => 1 ], [ 'number' => 2 ] ] );
	}
}

$wgAPIListModules['testpages'] = ApiQueryTestPages::class;
$wgAPIListModules['testnumbers'] = ApiQueryTestNumbers::class;
$wgAPIPropModules['testbelow'] = ApiQueryTestBelow::class;

$wgHooks['MessagesPreLoad'][] = static function ( $title, &$message ) {
	if ( $title === 'Apihelp-query+testpages-param-kind' ) {
		$message = "Which ''kind'' of [[Special:MyLanguage/Help:Page|pages]] to list: <kbd>all</kbd>, or one.";
	}
};
$wgHooks['APIGetAllowedParams'][] = static function ( $module, &$params ) {
	if ( $module->getModuleName() === 'allpages' ) {
		$params['colour'] = [ ParamValidator::PARAM_TYPE => [ 'red', 'blue' ] ];
		$params['filterlanglinks'][ParamValidator::PARAM_TYPE][] = 'some';
	}
};
