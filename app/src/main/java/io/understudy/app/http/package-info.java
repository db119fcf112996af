/**
 * What a running mirror shows over HTTP: a dashboard, its status, metrics, and answers for load
 * balancers and supervisors. Reads only.
 */
package io.understudy.app.http;
