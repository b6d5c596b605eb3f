import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { Audited } from '../audit/audited.decorator.js';
import { Public } from '../access/route-right.js';
import { OidcDesk } from './oidc-desk.js';
import { OidcCallback, OidcStart, SignInMethods } from './oidc-schemas.js';

const BACK = 'Back to the page; with `?signInError=` and a code where it did not work out';

/** What a browser does here it does by following links, so that nothing is ever answered but a redirect. */
@ApiTags('auth')
@Controller('auth')
export class OidcController {
  constructor(private readonly desk: OidcDesk) {}

  @Get('methods')
  @Public()
  @ApiOperation({ summary: 'Which ways there are to sign in' })
  @ApiResponse({ status: 200, description: 'For the page', standardSchema: SignInMethods })
  methods(): z.infer<typeof SignInMethods> {
    return this.desk.methods();
  }

  @Get('oidc/start')
  @Public()
  @ApiOperation({ summary: 'Sign in, or step up, at the identity provider: for a browser to go to' })
  @ApiResponse({ status: 302, description: `To the identity provider. ${BACK}` })
  start(
    @Req() request: Request,
    @Res() response: Response,
    @Query({ schema: OidcStart }) query: z.infer<typeof OidcStart>,
  ): Promise<void> {
    return this.desk.start(request, response, query);
  }

  @Get('oidc/callback')
  @Public()
  @Audited('login', { write: 'handler' })
  @ApiOperation({ summary: 'Where the identity provider sends the browser back to' })
  @ApiResponse({ status: 302, description: BACK })
  callback(
    @Req() request: Request,
    @Res() response: Response,
    @Query({ schema: OidcCallback }) _: z.infer<typeof OidcCallback>,
  ): Promise<void> {
    return this.desk.finish(request, response);
  }
}
